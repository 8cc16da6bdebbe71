"""What the plans of the purchasing problem also hold: the calendar of convergence and the savings of each year."""

from __future__ import annotations

from planner.kinds import Choice, Date, Decimal, Integer, Ref, Text, options
from planner.schema import Column, Table
from planner.sites import WHOLE_GROUP

GROUP = "purchasing"
ENTRIES = options(
    ("at_end", "à la fin du contrat", "when the contract ends"), ("waits", "au début du marché, contrat prolongé", "when the lot starts, contract extended"), ("early", "sortie anticipée", "leaves early"),
    ("extended", "après prolongation", "after an extension"), ("out", "reste hors du marché", "stays out"),
)  # fmt: skip
ALL_MEMBERS, ALL_KITCHENS = ("Tous les établissements", "All establishments"), ("Toutes les cuisines", "All kitchens")
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
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", none=WHOLE_GROUP),
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

PROCEDURES = options(
    ("direct", "gré à gré", "direct purchase"), ("adapted", "procédure adaptée", "adapted procedure"), ("formal", "procédure formalisée", "formal procedure"),
)  # fmt: skip
USES = options(("fine", "sous 80 %", "under 80%"), ("alert", "alerte : 80 % atteints", "alert: 80% reached"), ("exceeded", "maximum dépassé", "maximum exceeded"))
SCALES = options(
    ("collective", "collective", "collective"), ("partial", "partielle", "partial"), ("single", "un seul établissement", "single member"), ("none", "aucune entrée", "nobody joins"),
)  # fmt: skip
LOT = Column("lot", Ref(table="lots"), "Lot", "Lot", help_fr="Le lot.", help_en="The lot.")
ARTICLE = Column("article", Ref(table="articles"), "Article", "Article", help_fr="L'article.", help_en="The article.")
FAMILY = Column("family", Ref(table="families"), "Famille", "Family", help_fr="Famille homogène d'achats.", help_en="Homogeneous family of purchases.")

PRICES = Table(
    "purchasing_prices", "Prix avant et après", "Prices before and after", key=("article", "establishment"), group=GROUP, result=True,
    help_fr="Le prix unitaire de chaque article pour chaque établissement, aujourd'hui et en année pleine, remises déduites, hors port et frais de centrale.",
    help_en="The unit price of each article for each establishment, today and in a full year, discounts deducted, without carriage and central buyers' fees.",
    columns=(
        ARTICLE, ESTABLISHMENT, LOT,
        Column("supplied", Ref(table="articles"), "Article fourni", "Article supplied", help_fr="La référence commune, où elle remplace l'article.", help_en="The common reference, where it replaces the article."),
        Column("quantity", Decimal(), "Quantité", "Quantity", "unités/an", help_fr="Besoin annuel.", help_en="Yearly need."),
        Column("before", Decimal(), "Prix d'aujourd'hui", "Price today", "€/unité", help_fr="Net, port compris.", help_en="Net, carriage included.", decimals=4),
        Column("after", Decimal(), "Prix nouveau", "New price", "€/unité", help_fr="Prix de l'offre moins les remises obtenues, pour ce qui remplace une unité de l'article ; celui d'aujourd'hui hors du marché commun.", help_en="Price of the offer less the discounts obtained, for what replaces one unit of the article; today's outside the common contract.", decimals=4),
        Column("change", Decimal(), "Écart", "Change", "%", help_fr="Négatif : moins cher.", help_en="Negative: cheaper.", decimals=1),
    ),
)  # fmt: skip
GAPS = Table(
    "price_gaps", "Écarts de prix entre membres", "Price gaps between members", key=("article", "establishment"), group=GROUP, result=True,
    help_fr="Qui paie aujourd'hui combien de plus que le mieux placé pour le même article (articles achetés par deux membres au moins).",
    help_en="Who pays how much more today than the best placed for the same article (articles bought by two members at least).",
    columns=(
        ARTICLE, ESTABLISHMENT,
        Column("price", Decimal(), "Prix d'aujourd'hui", "Price today", "€/unité", help_fr="Net, port compris.", help_en="Net, carriage included.", decimals=4),
        Column("best", Decimal(), "Meilleur prix", "Best price", "€/unité", help_fr="Le plus bas des membres.", help_en="The lowest of the members.", decimals=4),
        Column("who", Ref(table="establishments"), "Payé par", "Paid by", help_fr="Le mieux placé.", help_en="The best placed."),
        Column("above", Decimal(), "Écart", "Gap", "%", help_fr="Au-dessus du meilleur prix.", help_en="Above the best price.", decimals=1),
        Column("overpaid", Decimal(), "Surcoût", "Paid above", "€/an", help_fr="Écart de prix × quantité annuelle.", help_en="Price gap × yearly quantity."),
    ),
)  # fmt: skip
SPEND = Table(
    "purchasing_spend", "Dépense par fournisseur", "Spend by supplier", key=("supplier", "family"), group=GROUP, result=True,
    help_fr="Achats par fournisseur et famille, aujourd'hui et en année pleine du plan (achats nets ; hors du marché commun, aux fournisseurs d'aujourd'hui).",
    help_en="Purchases by supplier and family, today and in a full year of the plan (net; outside the common contract, from today's suppliers).",
    columns=(
        Column("supplier", Ref(table="suppliers"), "Fournisseur", "Supplier", help_fr="Vide : fournisseur d'aujourd'hui non indiqué.", help_en="Empty: today's supplier not given."),
        FAMILY,
        Column("today", Decimal(), "Aujourd'hui", "Today", "€/an", help_fr="Aux prix d'aujourd'hui.", help_en="At today's prices."),
        Column("common", Decimal(), "Marché commun", "Common contract", "€/an", help_fr="Achats nets du plan.", help_en="Net purchases of the plan."),
        Column("outside", Decimal(), "Hors marché commun", "Outside", "€/an", help_fr="Ce que les membres qui restent dehors lui achètent encore.", help_en="What members that stay out still buy from it."),
        Column("lots", Integer(), "Lots gagnés", "Lots won", help_fr="Dans la famille.", help_en="In the family."),
    ),
)  # fmt: skip
FAMILY_VALUES = Table(
    "family_thresholds", "Familles et procédures", "Families and procedures", key=("family",), group=GROUP, result=True,
    help_fr="La valeur estimée d'une famille homogène, tous lots et toute la durée du marché compris, décide de la procédure. Seuils : paramètres datés.",
    help_en="The estimated value of a homogeneous family, all lots over the whole contract, decides the procedure. Thresholds: dated parameters.",
    columns=(
        FAMILY,
        Column("yearly", Decimal(), "Achats par an", "Purchases per year", "€/an", help_fr="De tous les membres, aux prix d'aujourd'hui.", help_en="Of all members, at today's prices."),
        Column("value", Decimal(), "Valeur estimée", "Estimated value", "€", help_fr="Sur la durée du marché (paramètre), hors taxes.", help_en="Over the length of the contract (parameter), before tax."),
        Column("procedure", Choice(PROCEDURES), "Procédure en commun", "Procedure together", help_fr="D'après la valeur estimée du groupement.", help_en="By the group's estimated value."),
        Column("largest", Decimal(), "Plus grand membre seul", "Largest member alone", "€", help_fr="Valeur estimée de sa part.", help_en="Estimated value of its part."),
        Column("alone", Choice(PROCEDURES), "Procédure qu'il aurait seul", "Procedure it would have alone", help_fr="Ce que le regroupement change.", help_en="What pooling changes."),
        Column("small_lots", Integer(), "Petits lots possibles", "Small lots possible", help_fr="Lots qui pourraient passer en procédure adaptée : chacun sous le seuil des petits lots, ensemble 20 % au plus de la valeur.", help_en="Lots that could go through an adapted procedure: each under the small lot threshold, together 20% of the value at most."),
    ),
)  # fmt: skip
FRAMEWORKS = Table(
    "framework_use", "Accords-cadres", "Frameworks", key=("lot", "year"), group=GROUP, result=True,
    help_fr="Achats avant remise et maximum de l'accord-cadre de chaque lot qui en a un ; alerte à 80 %.", help_en="Purchases before discount and the framework's maximum of each lot that has one; alert at 80%.",
    columns=(
        LOT,
        Column("year", Integer(), "Année", "Year", help_fr="Vide : année pleine.", help_en="Empty: a full year."),
        Column("most", Decimal(), "Maximum", "Maximum", "€/an", help_fr="De l'accord-cadre.", help_en="Of the framework."),
        Column("spent", Decimal(), "Achats", "Purchases", "€", help_fr="Avant remise.", help_en="Before discount."),
        Column("percent", Decimal(), "Part", "Share", "%", help_fr="Du maximum.", help_en="Of the maximum.", decimals=1),
        Column("state", Choice(USES), "État", "State", help_fr="Alerte dès 80 % du maximum.", help_en="Alert from 80% of the maximum."),
    ),
)  # fmt: skip
ACTIONS = Table(
    "purchasing_actions", "Plan d'actions achat (PAAT)", "Purchasing action plan", key=("lot",), group=GROUP, result=True,
    help_fr="Une action par lot, avec ses bénéficiaires : collective (tous ceux qui en ont besoin), partielle, ou d'un seul établissement.",
    help_en="One action per lot, with its beneficiaries: collective (all that need it), partial, or of a single member.",
    columns=(
        LOT, FAMILY,
        Column("scale", Choice(SCALES), "Action", "Action", help_fr="Collective, partielle ou d'un seul établissement.", help_en="Collective, partial or of a single member."),
        Column("members", Text(), "Bénéficiaires", "Beneficiaries", help_fr="Codes des établissements qui entrent.", help_en="Codes of the establishments that join."),
        Column("suppliers", Text(), "Titulaires", "Winners", help_fr="Codes des fournisseurs.", help_en="Codes of the suppliers."),
        Column("starts", Date(), "Première entrée", "First joins", help_fr="Du premier établissement.", help_en="Of the first establishment."),
        Column("complete", Date(), "Dernière entrée", "Last joins", help_fr="Du dernier établissement.", help_en="Of the last establishment."),
        Column("reference", Decimal(), "SR en année pleine", "Reference, full year", "€/an", help_fr="Aujourd'hui, pour les bénéficiaires.", help_en="Today, for the beneficiaries."),
        Column("gain", Decimal(), "Gain en année pleine", "Full-year gain", "€/an", help_fr="SR - achats nets, port et frais de centrale.", help_en="Reference less net purchases, carriage and fees."),
    ),
)  # fmt: skip
HOW = options(
    ("adopts", "adopte la référence", "adopts the reference"), ("already", "l'achète déjà", "buys it already"), ("refuses", "refuse, garde ses articles", "refuses, keeps its own articles"),
    ("own", "pas de référence commune", "no common reference"), ("out", "hors du marché commun", "outside the common contract"),
)  # fmt: skip
REFERENCES = Table(
    "article_references", "Références communes", "Common references", key=("equivalence", "establishment"), group=GROUP, result=True,
    help_fr="La référence choisie pour tous dans chaque équivalence, qui l'adopte, qui la refuse, et ce qu'elle épargne en année pleine aux prix nets des mêmes titulaires. Ce que vaut une équivalence en tout : « prix des règles ».",
    help_en="The reference chosen for all in each equivalence, who adopts it, who refuses it, and what it saves in a full year at the same winners' net prices. What an equivalence is worth altogether: “price of rules”.",
    columns=(
        Column("equivalence", Ref(table="equivalences"), "Équivalence", "Equivalence", help_fr="Les articles équivalents.", help_en="The equivalent articles."),
        ESTABLISHMENT, LOT,
        Column("reference", Ref(table="articles"), "Référence commune", "Common reference", help_fr="Vide : chacun garde ses articles.", help_en="Empty: all keep their own articles."),
        Column("how", Choice(HOW), "Décision", "Decision", help_fr="De l'établissement.", help_en="Of the establishment."),
        Column("articles", Text(), "Articles d'aujourd'hui", "Articles today", help_fr="Codes de ce qu'il achète aujourd'hui.", help_en="Codes of what it buys today."),
        Column("supplied", Text(), "Articles fournis", "Articles supplied", help_fr="Codes de ce qu'il reçoit dans le marché commun.", help_en="Codes of what it gets under the common contract."),
        Column("today", Decimal(), "Aujourd'hui", "Today", "€/an", help_fr="Aux prix d'aujourd'hui.", help_en="At today's prices."),
        Column("kept", Decimal(), "Ses articles, chez les titulaires", "Own articles, from the winners", "€/an", help_fr="Prix nets des mêmes titulaires pour ses propres articles ; vide s'ils ne les proposent pas tous.", help_en="Net prices of the same winners for its own articles; empty where they do not offer them all."),
        Column("new", Decimal(), "Achats nets", "Net purchases", "€/an", help_fr="De ce qui est fourni.", help_en="Of what is supplied."),
        Column("saving", Decimal(), "Épargné par la référence", "Saved by the reference", "€/an", help_fr="Ses articles chez les titulaires moins achats nets ; vide si le premier n'est pas connu.", help_en="Own articles from the winners less net purchases; empty where the first is not known."),
        Column("refusal", Decimal(), "Coût du refus", "Cost of the refusal", "€/an", help_fr="S'il refuse la référence : ses articles moins ce que la référence lui coûterait, chez les mêmes titulaires ; négatif si elle est plus chère pour lui.", help_en="Where it refuses the reference: its own articles less what the reference would cost it, from the same winners; negative where it is dearer for it."),
    ),
)  # fmt: skip
EGALIM = Table(
    "purchasing_egalim", "EGalim par cuisine", "EGalim by kitchen", key=("year", "establishment", "kitchen"), group=GROUP, result=True,
    help_fr="Achats alimentaires de chaque cuisine, établissement et du groupement, leurs parts EGalim et bio, et ce qui manque aux objectifs (paramètres), marché commun et hors marché ensemble.",
    help_en="Food purchases of each kitchen, establishment and of the group, their EGalim and organic shares, and what is lacking to the targets (parameters), the common contract and outside together.",
    columns=(
        Column("year", Integer(), "Année", "Year", help_fr="Vide : année pleine.", help_en="Empty: a full year."),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", none=ALL_MEMBERS),
        Column("kitchen", Ref(table="kitchens"), "Cuisine", "Kitchen", none=ALL_KITCHENS),
        Column("food", Decimal(), "Achats alimentaires", "Food purchases", "€", help_fr="Avant remise.", help_en="Before discount."),
        Column("quality", Decimal(), "Part EGalim", "EGalim share", "%", help_fr="En valeur.", help_en="By value.", decimals=1),
        Column("organic", Decimal(), "dont bio", "of which organic", "%", help_fr="En valeur.", help_en="By value.", decimals=1),
        Column("quality_short", Decimal(), "Manque EGalim", "Short of EGalim", "€", help_fr="Achats de qualité qui manquent à l'objectif.", help_en="Quality purchases lacking to the target."),
        Column("organic_short", Decimal(), "Manque bio", "Short of organic", "€", help_fr="Achats bio qui manquent à l'objectif.", help_en="Organic purchases lacking to the target."),
    ),
)  # fmt: skip
TARGETS = Table(
    "purchasing_targets", "Objectifs EGalim chiffrés", "Priced EGalim targets", key=("rule", "year"), group=GROUP, result=True,
    help_fr="Chaque règle EGalim qui est un objectif : part demandée et atteinte chaque année, euros qui manquent et leur poids dans le choix (prix fictif, payé par personne).",
    help_en="Each EGalim rule that is a target: share asked and reached each year, euros lacking and what they weigh in the choice (notional price, paid by nobody).",
    columns=(
        Column("rule", Ref(table="purchasing_rules"), "Règle", "Rule", help_fr="L'objectif.", help_en="The target."),
        Column("year", Integer(), "Année", "Year", help_fr="Du plan.", help_en="Of the plan."),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", none=ALL_MEMBERS),
        Column("kitchen", Ref(table="kitchens"), "Cuisine", "Kitchen", none=ALL_KITCHENS),
        Column("asked", Decimal(), "Part demandée", "Share asked", "%", help_fr="De la règle.", help_en="Of the rule.", decimals=1),
        Column("reached", Decimal(), "Part atteinte", "Share reached", "%", help_fr="Dans l'année.", help_en="In the year.", decimals=1),
        Column("short", Decimal(), "Manque", "Short", "€", help_fr="Achats qui manquent.", help_en="Purchases lacking."),
        Column("weighs", Decimal(), "Poids du manque", "Weight of the shortfall", "€", help_fr="Manque × prix de l'écart.", help_en="Shortfall × its price."),
    ),
)  # fmt: skip
REPORTS = (REFERENCES, EGALIM, TARGETS, PRICES, GAPS, SPEND, FAMILY_VALUES, FRAMEWORKS, ACTIONS)
