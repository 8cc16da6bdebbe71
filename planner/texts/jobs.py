"""Texts of the worker, of `planner serve` and of runs."""

TEXTS = {
    "cli.worker": ("calcule ce que l'éditeur et les lots demandent, jusqu'à Ctrl-C", "solves what the editor and the batches ask for, until Ctrl-C"),
    "cli.serve": ("ouvre l'éditeur de scénarios et lance les calculs ; Ctrl-C arrête les deux", "opens the scenario editor and the worker; Ctrl-C stops both"),
    "cli.data": (
        "dossier des données (sinon $PLANNER_DATA, sinon celui de l'utilisateur)",
        "folder of the data (else $PLANNER_DATA, else the user's own)",
    ),
    "cli.workers": ("nombre de calculs en même temps (un par cœur)", "runs solved at a time (one per core)"),
    "cli.scheduler": ("grappe de calcul dask existante", "existing dask cluster"),
    "cli.port": ("port de l'éditeur (8501)", "port of the editor (8501)"),
    "cli.no_browser": ("n'ouvre pas le navigateur", "does not open the browser"),
    "jobs.ready": ("Prêt à calculer. Données : {folder}. Ctrl-C pour arrêter.", "Ready to solve. Data: {folder}. Ctrl-C to stop."),
    "jobs.held": (
        "Un autre programme ({worker}) calcule déjà pour ces données ; celui-ci prendra la suite quand il s'arrêtera.",
        "Another program ({worker}) already solves for these data; this one takes over when it stops.",
    ),
    "jobs.serving": ("L'éditeur est sur {address}, sur cet ordinateur seulement. Ctrl-C pour tout arrêter.", "The editor is at {address}, on this computer only. Ctrl-C stops everything."),
    "jobs.port_taken": (
        "Le port {port} est déjà utilisé : l'éditeur est sans doute déjà ouvert. Choisir un autre port avec --port.",
        "Port {port} is already in use: the editor is probably open already. Choose another with --port.",
    ),
    "jobs.scheduler_lost": (
        "La grappe de calcul {scheduler} ne répond pas. Les calculs inachevés attendent le prochain « planner worker ».",
        "The cluster {scheduler} does not answer. Runs not ended wait for the next “planner worker”.",
    ),
    "jobs.not_started": (
        "Les programmes de calcul n'ont pas pu démarrer sur cet ordinateur (mémoire insuffisante ?). Fermer d'autres programmes ou demander moins de calculs en même temps avec --workers. Les calculs demandés restent en attente.",
        "The solving programs could not be started on this computer (too little memory?). Close other programs, or ask for fewer runs at a time with --workers. Runs asked for keep waiting.",
    ),
    "jobs.restarted.editor": ("L'éditeur s'est arrêté ; il est relancé.", "The editor stopped; it is started again."),
    "jobs.restarted.worker": ("Le programme de calcul s'est arrêté ; il est relancé et reprend ce qui restait.", "The worker stopped; it is started again and takes up what was left."),
    "jobs.given_up.editor": ("L'éditeur s'arrête sans cesse : tout est arrêté.", "The editor keeps stopping: everything is stopped."),
    "jobs.given_up.worker": ("Le programme de calcul s'arrête sans cesse : tout est arrêté.", "The worker keeps stopping: everything is stopped."),
    "jobs.reason.died": (
        "Le calcul a interrompu trois fois le programme qui le faisait (mémoire épuisée ?). Relancer avec moins de données ou plus de mémoire.",
        "The run ended the program solving it three times (out of memory?). Try again with less data or more memory.",
    ),
    "jobs.reason.broken": (
        "Le programme de calcul a rencontré une erreur qu'il n'attendait pas. Le détail est gardé dans l'historique du calcul.",
        "The solving program met an error that it did not expect. The detail is kept in the run's history.",
    ),
    "jobs.event.died": ("le programme du calcul s'est interrompu : nouvel essai", "the run's program ended: tried again"),
    "runs.command": ("éditeur, calcul n° {run}", "editor, run no. {run}"),
    "issue.no_accepted_plan": ("Aucun plan n'a été retenu pour ce scénario.", "No plan was accepted for this scenario."),
    "issue.no_accepted_plan.mend": ("Retenir d'abord un plan dans la page Résultats.", "Accept a plan first, on the Results page."),
}
