"""Texts of findings about distances, durations and road files."""

TEXTS = {
    "how.same place": ("même lieu", "same place"),
    "how.imported": ("importé", "imported"),
    "how.imported reverse": ("importé, sens inverse", "imported, other direction"),
    "how.roads": ("graphe routier", "road graph"),
    "how.crow": ("vol d'oiseau corrigé", "corrected crow distance"),
    "issue.road_file_unreadable": ("Le fichier de routes « {file} » ne se lit pas ({reason}).", "Road file “{file}” cannot be read ({reason})."),
    "issue.road_file_unreadable.mend": (
        "Fournir un GraphML (.graphml, .graphml.gz) ou une liste d'arcs en CSV (UTF-8).",
        "Give a GraphML (.graphml, .graphml.gz) or an edge list in CSV (UTF-8).",
    ),
    "issue.road_line_bad": (
        "Fichier de routes « {file} », ligne {line} : « {found} » ne convient pas dans la colonne « {column} ».",
        "Road file “{file}”, line {line}: “{found}” does not fit in column “{column}”.",
    ),
    "issue.road_line_bad.mend": (
        "Colonnes attendues : from, to, km ou m, minutes ou speed ; et lat, lon de chaque nœud (from_lat… ou un fichier de nœuds).",
        "Columns expected: from, to, km or m, minutes or speed; and lat, lon of each node (from_lat… or a node file).",
    ),
    "issue.road_file_empty": (
        "Le fichier de routes « {file} » ne contient aucune route qu'un camion puisse prendre.",
        "Road file “{file}” holds no road that a truck can use.",
    ),
    "issue.road_file_empty.mend": (
        "Vérifier l'attribut « highway » et l'étendue du fichier.",
        "Check attribute “highway” and the extent of the file.",
    ),
    "issue.road_file_projected": (
        "Le fichier de routes « {file} » n'est pas en degrés (latitude {lat}, longitude {lon}).",
        "Road file “{file}” is not in degrees (latitude {lat}, longitude {lon}).",
    ),
    "issue.road_file_projected.mend": ("L'exporter en WGS 84 (EPSG:4326).", "Export it in WGS 84 (EPSG:4326)."),
    "issue.road_graph_read": (
        "Graphe routier « {file} » : {nodes} carrefours et {arcs} tronçons utilisables par un camion, dont {apart} carrefours à l'écart du réseau principal.",
        "Road graph “{file}”: {nodes} junctions and {arcs} arcs usable by a truck, {apart} junctions of them apart from the main network.",
    ),
    "issue.site_off_road": (
        "Le site « {site} » est à {distance} km de la route la plus proche du graphe (limite {limit} km) : ses trajets sont estimés à vol d'oiseau.",
        "Site “{site}” is {distance} km from the nearest road of the graph (limit {limit} km): its trips are estimated from crow distance.",
    ),
    "issue.site_off_road.mend": (
        "Vérifier ses coordonnées, ou fournir un graphe plus étendu.",
        "Check its coordinates, or supply a wider graph.",
    ),
    "issue.site_unreachable": (
        "Le site « {site} » n'est pas relié par la route à {count} autre(s) site(s) : {others}.",
        "Site “{site}” is not linked by road to {count} other site(s): {others}.",
    ),
    "issue.site_unreachable.mend": (
        "Importer ces trajets dans la feuille « Trajets » (bac, pont), fournir un graphe plus étendu ou corriger les coordonnées.",
        "Import these trips in sheet “Travel” (ferry, bridge), supply a wider graph or correct the coordinates.",
    ),
    "issue.travel_to_itself": (
        "Le trajet de « {origin} » à lui-même n'est pas nul : il est ignoré.",
        "The trip from “{origin}” to itself is not zero: it is ignored.",
    ),
    "issue.travel_to_itself.mend": ("Supprimer la ligne.", "Delete the row."),
    "issue.travel_too_fast": (
        "De « {origin} » à « {destination} » : {km} km en {minutes} min, soit plus de {limit} km/h.",
        "From “{origin}” to “{destination}”: {km} km in {minutes} min, that is more than {limit} km/h.",
    ),
    "issue.travel_too_fast.mend": ("Vérifier que la durée est en minutes.", "Check that the time is in minutes."),
    "issue.travel_too_slow": (
        "De « {origin} » à « {destination} » : {km} km en {minutes} min, soit moins de {limit} km/h.",
        "From “{origin}” to “{destination}”: {km} km in {minutes} min, that is less than {limit} km/h.",
    ),
    "issue.travel_too_slow.mend": (
        "Vérifier que la distance est en kilomètres et la durée en minutes.",
        "Check that the distance is in kilometres and the time in minutes.",
    ),
    "issue.travel_shorter_than_crow": (
        "De « {origin} » à « {destination} » : {km} km par la route, moins que les {crow} km à vol d'oiseau.",
        "From “{origin}” to “{destination}”: {km} km by road, less than the {crow} km as the crow flies.",
    ),
    "issue.travel_shorter_than_crow.mend": (
        "Vérifier la distance et les coordonnées des deux sites.",
        "Check the distance and the coordinates of both sites.",
    ),
    "issue.travel_more_doubtful": (
        "{count} autres trajets importés sont douteux de la même façon.",
        "{count} more imported trips are doubtful in the same way.",
    ),
}
