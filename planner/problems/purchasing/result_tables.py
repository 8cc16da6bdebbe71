"""What the plans of the purchasing problem also hold: the calendar of convergence and the savings of each year."""

from __future__ import annotations

from planner.kinds import Choice, Date, Decimal, Integer, Ref, options
from planner.schema import Column, Table

GROUP = "purchasing"
ENTRIES = options(
    ("at_end", "à la fin du contrat", "when the contract ends"), ("waits", "au début du marché, contrat prolongé", "when the lot starts, contract extended"), ("early", "sortie anticipée", "leaves early"),
    ("extended", "après prolongation", "after an extension"), ("out", "reste hors du marché", "stays out"),
)  # fmt: skip
ESTABLISHMENT = Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", help_fr="L'acheteur.", help_en="The buyer.")

CALENDAR = Table(
    "purchasing_calendar", "Calendrier de convergence", "Convergence calendar", key=("lot", "establishment"), group=GROUP, result=True,
    help_fr="Quand chaque établissement rejoint chaque lot, et ce qu'il y gagne en année pleine.", help_en="When each establishment joins each lot, and what it gains there in a full year.",
    columns=(
        Column("lot", Ref(table="lots"), "Lot", "Lot", help_fr="Le lot.", help_en="The lot."),
        ESTABLISHMENT,
        Column("contract_end", Date(), "Fin du dernier contrat", "Last contract end", help_fr="Vide : aucun contrat en cours.", help_en="Empty: no contract running."),
        Column("how", Choice(ENTRIES), "Comment", "How", help_fr="À la fin du contrat, avant contre une indemnité, après une prolongation, ou pas du tout.", help_en="When the contract ends, before for a fee, after an extension, or not at all."),
        Column("joins", Date(), "Rejoint le", "Joins on", help_fr="Vide : reste hors du marché commun.", help_en="Empty: stays out of the common contract."),
        Column("months", Integer(), "Mois dans le marché", "Months in the contract", help_fr="Pendant le plan.", help_en="Within the plan."),
        Column("fee", Decimal(), "Indemnité de sortie", "Fee for leaving", "€", help_fr="Payée une fois, le mois de l'entrée.", help_en="Paid once, in the month of joining."),
        Column("today", Decimal(), "Aujourd'hui", "Today", "€/an", help_fr="Année pleine au prix d'aujourd'hui.", help_en="A full year at today's price."),
        Column("saving", Decimal(), "Économie en année pleine", "Full-year saving", "€/an", help_fr="Aujourd'hui moins achats nets et frais.", help_en="Today less net purchases and charges."),
    ),
)  # fmt: skip
YEARS = Table(
    "purchasing_savings", "Économies par année", "Savings by year", key=("year", "establishment"), group=GROUP, result=True,
    help_fr="Chaque année du plan, sur ce qui est en vigueur mois par mois. Gain (DGOS) : situation de référence moins situation nouvelle, à quantités égales, pour ce qui est acheté dans le marché commun. Effet budgétaire : le gain moins la gestion des fournisseurs, les indemnités de sortie et les changements de titulaire, payés en une fois. Année vide : une année pleine.",
    help_en="Each year of the plan, on what is in force month by month. Gain (DGOS): reference situation less new situation, same quantities, for what is bought under the common contract. Budget effect: the gain less management of suppliers, fees for leaving and changes of supplier, paid at once. Empty year: a full year.",
    columns=(
        Column("year", Integer(), "Année", "Year", help_fr="Vide : année pleine, tous les marchés en vigueur.", help_en="Empty: a full year with all contracts in force."),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", help_fr="Vide : tout le groupement.", help_en="Empty: the whole group."),
        Column("today", Decimal(), "Tout au prix d'aujourd'hui", "All at today's price", "€", help_fr="Ce que coûteraient les mêmes achats sans marché commun.", help_en="What the same purchases would cost without a common contract."),
        Column("reference", Decimal(), "Situation de référence (SR)", "Reference situation", "€", help_fr="Prix d'aujourd'hui de ce qui est acheté dans le marché commun.", help_en="Today's price of what is bought under the common contract."),
        Column("new", Decimal(), "Situation nouvelle (SN)", "New situation", "€", help_fr="Les mêmes quantités : achats nets, port et frais de centrale.", help_en="The same quantities: net purchases, carriage and central buyers' fees."),
        Column("gain", Decimal(), "Gain d'achat (DGOS)", "Purchasing gain (DGOS)", "€", help_fr="SR - SN.", help_en="Reference less new situation."),
        Column("management", Decimal(), "Gestion des fournisseurs", "Supplier management", "€", help_fr="Part de l'établissement.", help_en="The establishment's part."),
        Column("switching", Decimal(), "Changements de titulaire payés", "Changes of supplier paid", "€", help_fr="En une fois, l'année de l'entrée.", help_en="At once, in the year of joining."),
        Column("exit_fee", Decimal(), "Indemnités de sortie", "Fees for leaving", "€", help_fr="L'année de l'entrée.", help_en="In the year of joining."),
        Column("budget", Decimal(), "Effet budgétaire", "Budget effect", "€", help_fr="Gain - gestion - changements - indemnités.", help_en="Gain less management, changes and fees."),
        Column("quality", Decimal(), "Part EGalim", "EGalim share", "%", help_fr="Des achats alimentaires de l'année, hors marché commun compris.", help_en="Of the year's food purchases, those outside the common contract included.", decimals=1),
        Column("organic", Decimal(), "dont bio", "of which organic", "%", help_fr="De même.", help_en="Likewise.", decimals=1),
    ),
)  # fmt: skip
TIMETABLES = (CALENDAR, YEARS)
