#!/bin/sh
# Installs the Debian packages that some tests use: LibreOffice Calc (recalculation, round trips), poppler (pages as
# images), Chromium (the editor in a real browser) and the French locale. What is there already is left alone.
# Elsewhere, or without the right to install, those tests skip and say why.
set -u

wanted=""
command -v soffice >/dev/null 2>&1 || wanted="$wanted libreoffice-calc poppler-utils fonts-dejavu-core"
command -v chromium >/dev/null 2>&1 || wanted="$wanted chromium"
locale -a 2>/dev/null | grep -qi '^fr_FR\.utf-\?8$' || wanted="$wanted locales"
[ -n "$wanted" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ]; then
    echo "Missing and not to be installed here:$wanted. Tests that need them skip (marks 'office' and 'browser')."
    exit 0
fi
# shellcheck disable=SC2086  # a list of packages
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
case "$wanted" in
*locales*)
    if [ -f /etc/locale.gen ]; then
        sed -i 's/^# *\(fr_FR.UTF-8 UTF-8\)/\1/' /etc/locale.gen
        locale-gen >/dev/null
    fi
    ;;
esac
