#!/bin/sh
# Installs the Debian packages that some tests use: LibreOffice Calc (recalculation, round trips) and
# poppler (pages as images). Elsewhere, or without the right to install, those tests skip and say why.
set -u
if command -v soffice >/dev/null 2>&1; then
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ]; then
    echo "LibreOffice is missing and cannot be installed here: the tests marked 'office' will skip."
    exit 0
fi
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libreoffice-calc poppler-utils fonts-dejavu-core >/dev/null
