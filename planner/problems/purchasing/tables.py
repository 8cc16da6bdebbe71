"""What the purchasing problem is told and what its plans hold."""

from __future__ import annotations

from planner.kinds import Choice, Code, Date, Decimal, Flag, Integer, Ref, Text, options
from planner.plan import Kpi
from planner.problems.base import cost_table
from planner.problems.purchasing.result_tables import REPORTS, TIMETABLES
from planner.schema import Column, Table
from planner.sites import ESTIMATE, MARK, SOURCE, Parameter

GROUP = "purchasing"
QUALITIES = options(("none", "standard", "standard"), ("quality", "durable et de qualité", "sustainable and quality"), ("organic", "bio", "organic"))
CHANNELS = options(
    ("own", "marché du groupement", "group's own tender"), ("regional", "groupement régional", "regional central buyer"),
    ("national", "centrale nationale", "national central buyer"),
)  # fmt: skip
SCOPES = options(("lot", "lot", "lot"), ("supplier", "fournisseur", "supplier"))
REACHED = (*SCOPES, *options(("package", "offre groupée", "package")))
BASES = options(("quantity", "quantité", "quantity"), ("turnover", "chiffre d'affaires", "turnover"))
METHODS = options(("all_units", "toutes unités", "all units"), ("incremental", "par tranche", "incremental"))
RULE_KINDS = options(
    ("max_winners", "titulaires au plus", "at most N winners"), ("min_winners", "titulaires au moins", "at least N winners"),
    ("max_share", "part maximale par titulaire (%)", "largest share per winner (%)"), ("min_share", "part minimale par titulaire (%)", "smallest share per winner (%)"),
    ("max_lots", "lots au plus par fournisseur", "at most N lots per supplier"), ("min_lots", "lots au moins par fournisseur", "at least N lots per supplier"),
    ("max_suppliers", "fournisseurs au plus", "at most N suppliers"),
    ("min_quality", "part EGalim minimale (%)", "smallest EGalim share (%)"), ("min_organic", "part bio minimale (%)", "smallest organic share (%)"),
    ("max_joins", "entrées au plus par mois", "at most N joining per month"), ("min_suppliers", "fournisseurs au moins", "at least N suppliers"),
    ("min_small", "part minimale aux PME et locaux (%)", "smallest share for small or local firms (%)"), ("min_small_lots", "lots au moins à des PME ou locaux", "at least N lots for small or local firms"),
    ("min_incumbent", "part minimale aux titulaires actuels (%)", "smallest share for today's suppliers (%)"), ("max_central", "part maximale des centrales (%)", "largest share of central buyers (%)"),
    ("max_lead", "délai de livraison au plus (jours)", "delivery within N days"),
)  # fmt: skip
AWARD_ACTIONS = options(("award", "attribuer", "award"), ("exclude", "exclure", "exclude"), ("stay_out", "rester hors du marché", "stay out"))
LINES = options(
    ("goods", "achats au prix net", "goods at net price"), ("carriage", "frais de port", "carriage"), ("management", "gestion des fournisseurs", "supplier management"),
    ("fee", "frais de centrale", "central buyer's fee"), ("own_price", "achats hors marché commun", "goods outside the common contract"),
    ("switching", "changement de titulaire", "change of supplier"), ("exit_fee", "indemnités de sortie anticipée", "fees for leaving early"),
    ("changes", "changements (prix fictif)", "changes (notional price)"), ("target", "écart aux objectifs EGalim (prix fictif)", "short of EGalim targets (notional price)"),
)  # fmt: skip

SWITCHING_COST = Parameter("switching_cost", 0, "€", "Coût de changement de titulaire, par lot et établissement", "Cost of changing supplier, per lot and establishment", "estimate", ESTIMATE, 0, 2000, 0, 1e6)
CONTRACT_YEARS = Parameter("contract_years", 4, "an", "Durée du marché : étale le coût de changement de titulaire", "Length of the contract: spreads the cost of changing supplier", "sourced", "art. L2125-1 du code de la commande publique : quatre ans au plus", 1, 4, 1, 20)
EGALIM_QUALITY = Parameter("egalim_quality", 50, "%", "Objectif EGalim : produits durables et de qualité", "EGalim target: sustainable and quality products", "sourced", "art. L230-5-1 du code rural", 0, 50, 0, 100)
EGALIM_ORGANIC = Parameter("egalim_organic", 20, "%", "Objectif EGalim : dont produits bio", "EGalim target: of which organic", "sourced", "art. L230-5-1 du code rural", 0, 20, 0, 100)
CHANGE_PRICE = Parameter("purchasing_change_price", 0, "€", "Achats : prix fictif d'un changement par rapport aux achats retenus (un lot d'un établissement qui change de fournisseurs, compté une fois par an)", "Purchasing: notional price of a change from the accepted awards (a lot of an establishment whose suppliers change, counted once a year)", "estimate", "choix du décideur", 0, 5000, 0, 1e8)
MOST_CHANGES = Parameter("purchasing_most_changes", 1_000_000, "", "Achats : nombre maximal de changements par rapport aux achats retenus (1 000 000 : sans limite)", "Purchasing: largest number of changes from the accepted awards (1,000,000: no limit)", "estimate", "choix du décideur", 0, 1_000_000, 0, 1_000_000)
PLAN_YEARS = Parameter("purchasing_years", 0, "an", "Achats : années du plan de convergence, mois par mois (0 : une année pleine, tous les marchés en vigueur)", "Purchasing: years of the convergence plan, month by month (0: one full year with all contracts in force)", "estimate", "choix du scénario", 0, 4, 0, 10)
PLAN_RATE = Parameter("purchasing_discount_rate", 0, "%", "Achats : taux d'actualisation du plan de convergence (0 : sans)", "Purchasing: discount rate of the convergence plan (0: none)", "estimate", "choix du scénario", 0, 4, 0, 20)
DIRECT_BELOW = Parameter("procedure_direct_below", 40000, "€", "Valeur estimée sous laquelle aucune procédure n'est imposée (fournitures, 2026)", "Estimated value under which no procedure is imposed (supplies, 2026)", "sourced", "art. R2122-8 du code de la commande publique ; à revoir à chaque changement de seuil", 25000, 60000, 0, 1e8)
FORMAL_FROM = Parameter("procedure_formal_from", 216000, "€", "Valeur estimée à partir de laquelle la procédure est formalisée (fournitures et services, hors État, 2026-2027)", "Estimated value from which the procedure is formal (supplies and services, other than the State, 2026-2027)", "sourced", "seuils européens 2026-2027 (code-commande-publique.com, nouveaux seuils 2026)", 140000, 221000, 0, 1e8)
SMALL_LOT = Parameter("procedure_small_lot", 80000, "€", "Valeur sous laquelle un lot peut passer en procédure adaptée, dans la limite de 20 % de tous les lots", "Value under which a lot may go through an adapted procedure, up to 20% of all lots", "sourced", "art. R2123-1 du code de la commande publique", 80000, 80000, 0, 1e8)
SIMULATED = Parameter("purchasing_simulation", 0, "", "Achats : compter les remises de simulation (1 : oui ; le plan n'est alors pas une attribution formelle)", "Purchasing: count simulated discounts (1: yes; the plan is then no formal award)", "estimate", "choix du décideur", 0, 1, 0, 1)
PARAMETERS = (SWITCHING_COST, CONTRACT_YEARS, EGALIM_QUALITY, EGALIM_ORGANIC, CHANGE_PRICE, MOST_CHANGES, PLAN_YEARS, PLAN_RATE, DIRECT_BELOW, FORMAL_FROM, SMALL_LOT, SIMULATED)

FAMILIES = Table(
    "families", "Familles d'achat", "Families", key=("family",), group=GROUP,
    help_fr="Les familles homogènes d'achats.", help_en="Homogeneous families of purchases.",
    columns=(
        Column("family", Code(), "Famille", "Family", required=True, help_fr="Code court.", help_en="Short code."),
        Column("name", Text(), "Nom", "Name", required=True, help_fr="Nom en clair.", help_en="Plain name."),
        Column("food", Flag(), "Alimentaire", "Food", default=False, help_fr="Compte pour EGalim.", help_en="Counts for EGalim."),
        MARK, SOURCE,
    ),
)  # fmt: skip
LOTS = Table(
    "lots", "Lots", "Lots", key=("lot",), group=GROUP,
    help_fr="Ce qui s'attribue d'un bloc. Un titulaire sert tous les articles du lot.", help_en="What is awarded as one. A winner supplies all articles of the lot.",
    columns=(
        Column("lot", Code(), "Lot", "Lot", required=True, help_fr="Code court.", help_en="Short code."),
        Column("name", Text(), "Nom", "Name", required=True, help_fr="Objet du lot.", help_en="Object of the lot."),
        Column("family", Ref(table="families"), "Famille", "Family", required=True, help_fr="La famille.", help_en="The family."),
        Column("max_winners", Integer(1, 20), "Titulaires au plus", "At most winners", default=1, help_fr="1 : mono-attributaire.", help_en="1: a single winner."),
        Column("split", Text(), "Répartition imposée", "Fixed split", help_fr="Parts des titulaires en pour cent entiers, par exemple 50/30/20 : autant de titulaires, la même part pour tous les membres qui entrent. Vide : parts libres.", help_en="Winners' shares in whole percent, for example 50/30/20: as many winners, the same share for all members that join. Empty: free shares."),
        Column("max_value", Decimal(0), "Montant maximal", "Largest value", "€/an", help_fr="Maximum de l'accord-cadre par an, compté avant remise (vide : sans).", help_en="Maximum of the framework per year, before discount (empty: none).", decimals=0),
        Column("starts", Date(), "Début du marché", "Contract starts", help_fr="Plan de convergence : date à partir de laquelle le marché commun est en vigueur (vide : dès le début du plan). D'ici là, les contrats finis sont prolongés au prix d'aujourd'hui.", help_en="Convergence plan: date from which the common contract is in force (empty: from the start of the plan). Until then, contracts that have ended go on at today's price."),
        MARK, SOURCE,
    ),
)  # fmt: skip
ARTICLES = Table(
    "articles", "Articles", "Articles", key=("article",), group=GROUP,
    help_fr="Les articles achetés, chacun dans un lot.", help_en="The articles bought, each in one lot.",
    columns=(
        Column("article", Code(), "Article", "Article", required=True, help_fr="Code ou référence.", help_en="Code or reference."),
        Column("name", Text(), "Désignation", "Name", required=True, help_fr="Désignation.", help_en="Name."),
        Column("lot", Ref(table="lots"), "Lot", "Lot", required=True, help_fr="Le lot.", help_en="The lot."),
        Column("unit", Text(), "Unité d'achat", "Unit", default="unité", help_fr="kg, litre, boîte…", help_en="kg, litre, box…"),
        Column("list_price", Decimal(0), "Prix de référence", "List price", "€/unité", help_fr="Tarif ou bordereau sur lequel portent les rabais des offres par lot (vide : aucune offre par lot sur cet article).", help_en="Price list on which the reductions of offers by lot are given (empty: no offer by lot on this article).", decimals=4),
        Column("quality", Choice(QUALITIES), "Qualité actuelle", "Quality today", default="none", help_fr="Qualité EGalim du produit acheté aujourd'hui.", help_en="EGalim quality of the product bought today."),
        Column("equivalence", Ref(table="equivalences"), "Équivalence", "Equivalence", help_fr="Les articles d'une même équivalence peuvent se remplacer (vide : irremplaçable).", help_en="Articles of one equivalence can stand for one another (empty: irreplaceable)."),
        Column("content", Decimal(0.001), "Contenance", "Content", default=1.0, help_fr="Ce que contient une unité d'achat, dans la mesure commune de l'équivalence : une boîte de 100 gants vaut deux boîtes de 50.", help_en="What a unit of purchase holds, in the common measure of its equivalence: a box of 100 gloves is worth two of 50.", decimals=3),
        MARK, SOURCE,
    ),
)  # fmt: skip
EQUIVALENCES = Table(
    "equivalences", "Équivalences d'articles", "Equivalent articles", key=("equivalence",), group=GROUP,
    help_fr="Des articles d'un même lot qui peuvent se remplacer : une référence commune est choisie pour tous si elle coûte moins (colonne « Équivalence » des articles).",
    help_en="Articles of one lot that can stand for one another: a common reference is chosen for all where it costs less (column “Equivalence” of the articles).",
    columns=(
        Column("equivalence", Code(), "Équivalence", "Equivalence", required=True, help_fr="Code court.", help_en="Short code."),
        Column("name", Text(), "Nom", "Name", required=True, help_fr="Ce que ces articles ont en commun.", help_en="What these articles have in common."),
        Column("required", Flag(), "Référence commune imposée", "Common reference required", default=False, help_fr="Oui : une référence est choisie pour tous, même si elle coûte plus. Non : chacun peut garder ses articles.", help_en="Yes: one reference is chosen for all, even where it costs more. No: all may keep their own articles."),
        Column("reference", Ref(table="articles"), "Référence retenue", "Reference settled", help_fr="L'article déjà décidé (vide : le calcul choisit).", help_en="The article settled already (empty: the planner chooses)."),
        MARK, SOURCE,
    ),
)  # fmt: skip
REFUSALS = Table(
    "article_refusals", "Refus d'articles", "Articles refused", key=("establishment", "article"), group=GROUP,
    help_fr="Les articles qu'un établissement n'accepte pas à la place des siens : si l'un d'eux devient la référence commune, il garde ses articles, que le titulaire doit alors proposer aussi.",
    help_en="Articles that an establishment does not accept instead of its own: where one becomes the common reference, it keeps its own articles, which the winner must then offer too.",
    columns=(
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", required=True, help_fr="Qui refuse.", help_en="Who refuses."),
        Column("article", Ref(table="articles"), "Article refusé", "Article refused", required=True, help_fr="Un article d'une équivalence.", help_en="An article of an equivalence."),
        Column("reason", Text(), "Motif", "Reason", help_fr="En quelques mots.", help_en="In a few words."),
        MARK, SOURCE,
    ),
)  # fmt: skip
SUPPLIERS = Table(
    "suppliers", "Fournisseurs", "Suppliers", key=("supplier",), group=GROUP,
    help_fr="Fournisseurs et centrales d'achat.", help_en="Suppliers and central buyers.",
    columns=(
        Column("supplier", Code(), "Fournisseur", "Supplier", required=True, help_fr="Code court.", help_en="Short code."),
        Column("name", Text(), "Nom", "Name", required=True, help_fr="Nom.", help_en="Name."),
        Column("channel", Choice(CHANNELS), "Canal", "Channel", default="own", help_fr="Marché du groupement ou centrale.", help_en="Own tender or central buyer."),
        Column("free_carriage", Decimal(0), "Franco", "Free carriage", "€/an", default=0.0, help_fr="Achats annuels d'un établissement au-delà desquels le port est gratuit.", help_en="Yearly purchases of an establishment above which carriage is free.", decimals=0),
        Column("carriage", Decimal(0), "Frais de port", "Carriage", "€/an", default=0.0, help_fr="Port par an et par établissement sous le franco.", help_en="Carriage per year and establishment below that.", decimals=0),
        Column("management_cost", Decimal(0), "Coût de gestion", "Management cost", "€/an", default=0.0, help_fr="Coût annuel de gestion d'un fournisseur, une fois pour le groupement.", help_en="Yearly cost of managing a supplier, once for the group.", decimals=0),
        Column("reference_cost", Decimal(0), "Coût par référence", "Cost per reference", "€/an", default=0.0, help_fr="Coût annuel de gestion de chaque article d'un lot gagné, une fois pour le groupement.", help_en="Yearly cost of managing each article of a lot won, once for the group.", decimals=2),
        Column("minimum_value", Decimal(0), "Minimum d'achats", "Smallest purchases", "€/an", help_fr="Achats annuels du groupement, avant remise, sans lesquels le fournisseur n'en prend aucun (vide : aucun minimum).", help_en="Yearly purchases of the group, before discount, under which the supplier takes none (empty: no minimum).", decimals=0),
        Column("lead_days", Integer(0, 365), "Délai de livraison", "Delivery time", "j", help_fr="Jours entre commande et livraison (vide : inconnu, jamais écarté).", help_en="Days from order to delivery (empty: unknown, never put aside)."),
        Column("fee", Decimal(0, 50), "Frais de centrale", "Fee", "%", default=0.0, help_fr="Pourcentage des achats nets.", help_en="Percentage of net purchases."),
        Column("small", Flag(), "PME ou local", "Small or local", default=False, help_fr="Petite entreprise ou producteur local.", help_en="Small firm or local producer."),
        MARK, SOURCE,
    ),
)  # fmt: skip
NEEDS = Table(
    "needs", "Besoins", "Needs", key=("establishment", "article", "kitchen"), group=GROUP,
    help_fr="Ce que chaque établissement achète par an, à qui et à quel prix aujourd'hui.", help_en="What each establishment buys a year, from whom and at what price today.",
    columns=(
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", required=True, help_fr="L'acheteur.", help_en="The buyer."),
        Column("article", Ref(table="articles"), "Article", "Article", required=True, help_fr="L'article.", help_en="The article."),
        Column("kitchen", Ref(table="kitchens"), "Cuisine", "Kitchen", help_fr="Achats alimentaires : la cuisine qui s'en sert, si l'établissement en a plusieurs (vide : sa cuisine, s'il n'en a qu'une en service). Une ligne par cuisine.", help_en="Food: the kitchen that uses it, where the establishment has several (empty: its kitchen, where it has a single existing one). One row per kitchen."),
        Column("quantity", Decimal(0), "Quantité par an", "Quantity per year", "unités/an", required=True, help_fr="En unités d'achat.", help_en="In units of purchase."),
        Column("current_supplier", Ref(table="suppliers"), "Fournisseur actuel", "Supplier today", help_fr="Titulaire d'aujourd'hui.", help_en="Today's supplier."),
        Column("current_price", Decimal(0), "Prix actuel", "Price today", "€/unité", required=True, help_fr="Prix unitaire net d'aujourd'hui, port compris.", help_en="Today's net unit price, carriage included.", decimals=4),
        Column("contract_end", Date(), "Fin de contrat", "Contract end", help_fr="Date à partir de laquelle l'établissement peut rejoindre le marché commun.", help_en="Date from which the establishment can join the common contract."),
        Column("exit_fee", Decimal(0, 100), "Indemnité de sortie anticipée", "Fee for leaving early", "%", help_fr="Plan de convergence : part des achats restants jusqu'à la fin de contrat, à payer pour le quitter avant (vide : impossible ; 0 : sans frais).", help_en="Convergence plan: share of the purchases left until the contract ends, to pay for leaving it earlier (empty: impossible; 0: free)."),
        Column("extension_until", Date(), "Prolongation possible jusqu'au", "Extension possible until", help_fr="Plan de convergence : le calcul peut prolonger au prix d'aujourd'hui jusqu'à cette date (vide : l'établissement entre dès la fin du contrat, ou reste dehors).", help_en="Convergence plan: the planner may extend at today's price up to this date (empty: the establishment joins when its contract ends, or stays out)."),
        MARK, SOURCE,
    ),
)  # fmt: skip
OFFERS = Table(
    "offers", "Offres", "Offers", key=("supplier", "article"), group=GROUP,
    help_fr="Prix proposés. Un fournisseur peut emporter un lot s'il a un prix pour chaque article dont quelqu'un a besoin.", help_en="Prices offered. A supplier can win a lot if it prices each article that someone needs.",
    columns=(
        Column("supplier", Ref(table="suppliers"), "Fournisseur", "Supplier", required=True, help_fr="Qui propose.", help_en="Who offers."),
        Column("article", Ref(table="articles"), "Article", "Article", required=True, help_fr="L'article.", help_en="The article."),
        Column("price", Decimal(0), "Prix", "Price", "€/unité", required=True, help_fr="Prix unitaire avant remise.", help_en="Unit price before discount.", decimals=4),
        Column("capacity", Decimal(0), "Capacité", "Capacity", "unités/an", help_fr="Quantité annuelle maximale (vide : sans limite).", help_en="Largest yearly quantity (empty: no limit)."),
        Column("minimum", Decimal(0), "Minimum", "Minimum", "unités/an", help_fr="Quantité annuelle minimale si retenu (vide : aucune).", help_en="Smallest yearly quantity if chosen (empty: none)."),
        Column("quality", Choice(QUALITIES), "Qualité", "Quality", default="none", help_fr="Qualité EGalim du produit proposé.", help_en="EGalim quality of the product offered."),
        MARK, SOURCE,
    ),
)  # fmt: skip
LOT_OFFERS = Table(
    "lot_offers", "Offres par lot", "Offers by lot", key=("supplier", "lot"), group=GROUP,
    help_fr="Un rabais unique sur le prix de référence de chaque article d'un lot ; le prix d'un article (feuille Offres) l'emporte.", help_en="One reduction on the list price of each article of a lot; the price of an article (sheet Offers) goes before it.",
    columns=(
        Column("supplier", Ref(table="suppliers"), "Fournisseur", "Supplier", required=True, help_fr="Qui propose.", help_en="Who offers."),
        Column("lot", Ref(table="lots"), "Lot", "Lot", required=True, help_fr="Le lot.", help_en="The lot."),
        Column("reduction", Decimal(-100, 100), "Rabais", "Reduction", "%", required=True, help_fr="Sur le prix de référence (négatif : majoration).", help_en="On the list price (negative: a surcharge)."),
        Column("quality", Choice(QUALITIES), "Qualité", "Quality", help_fr="Qualité EGalim de tous ses produits (vide : celle des articles).", help_en="EGalim quality of all its products (empty: that of the articles)."),
        MARK, SOURCE,
    ),
)  # fmt: skip
DISCOUNTS = Table(
    "discounts", "Remises", "Discounts", key=("supplier", "scope", "lot", "threshold"), group=GROUP,
    help_fr="Remises par paliers, dans un lot ou sur tout un fournisseur (RFA).", help_en="Tiered discounts, within a lot or over a supplier (year-end rebate).",
    columns=(
        Column("supplier", Ref(table="suppliers"), "Fournisseur", "Supplier", required=True, help_fr="Qui remet.", help_en="Who grants it."),
        Column("scope", Choice(SCOPES), "Portée", "Scope", required=True, help_fr="Un lot, ou tous les achats chez le fournisseur.", help_en="One lot, or all purchases from the supplier."),
        Column("lot", Ref(table="lots"), "Lot", "Lot", help_fr="Le lot, si la portée est un lot.", help_en="The lot, where the scope is one."),
        Column("basis", Choice(BASES), "Base", "Basis", default="turnover", help_fr="Seuil en quantité ou en chiffre d'affaires avant remise ; la même base pour tous les paliers.", help_en="Threshold in quantity or in turnover before discount; one basis for all tiers."),
        Column("threshold", Decimal(0), "À partir de", "From", required=True, help_fr="Seuil annuel du palier (€ ou unités).", help_en="Yearly threshold of the tier (€ or units)."),
        Column("rate", Decimal(0, 100), "Remise", "Discount", "%", required=True, help_fr="Taux du palier.", help_en="Rate of the tier."),
        Column("simulation", Flag(), "Seulement en simulation", "Simulation only", default=False, help_fr="Remise liée au nombre de lots ou négociée hors consultation : comptée seulement si le paramètre « remises de simulation » vaut 1 ; le plan le dit alors. Elle ne peut pas l'être dans une attribution formelle (art. L2113-10).", help_en="Discount tied to the number of lots or negotiated outside the tender: counted only where parameter “simulated discounts” is 1; the plan then says so. Not allowed in a formal award (art. L2113-10)."),
        Column("method", Choice(METHODS), "Calcul", "Method", default="all_units", help_fr="Sur toutes les unités, ou seulement sur la tranche.", help_en="On all units, or on the slice only."),
        MARK, SOURCE,
    ),
)  # fmt: skip
PACKAGES = Table(
    "packages", "Offres groupées (simulation)", "Packages (simulation)", key=("package",), group=GROUP,
    help_fr="Remise si le fournisseur gagne plusieurs lots. Interdite dans une attribution formelle (art. L2113-10) : comptée seulement si le paramètre « remises de simulation » vaut 1, et signalée partout.",
    help_en="Discount where the supplier wins several lots. Not allowed in a formal award (art. L2113-10): counted only where parameter “simulated discounts” is 1, and flagged everywhere.",
    columns=(
        Column("package", Code(), "Offre groupée", "Package", required=True, help_fr="Code court.", help_en="Short code."),
        Column("supplier", Ref(table="suppliers"), "Fournisseur", "Supplier", required=True, help_fr="Qui la propose.", help_en="Who offers it."),
        Column("at_least", Integer(1, 500), "Lots gagnés au moins", "Lots won at least", help_fr="Parmi ceux de l'offre (vide : tous).", help_en="Among those of the package (empty: all)."),
        Column("rate", Decimal(0, 100), "Remise", "Discount", "%", required=True, help_fr="Sur tous les achats des lots de l'offre qu'il gagne, avant les autres remises.", help_en="On all purchases of the lots of the package that it wins, before other discounts."),
        MARK, SOURCE,
    ),
)  # fmt: skip
PACKAGE_LOTS = Table(
    "package_lots", "Lots des offres groupées", "Lots of packages", key=("package", "lot"), group=GROUP,
    help_fr="Les lots de chaque offre groupée (aucune ligne : tous les lots que le fournisseur peut gagner).", help_en="The lots of each package (no row: all lots that the supplier can win).",
    columns=(
        Column("package", Ref(table="packages"), "Offre groupée", "Package", required=True, help_fr="L'offre.", help_en="The package."),
        Column("lot", Ref(table="lots"), "Lot", "Lot", required=True, help_fr="Un de ses lots.", help_en="One of its lots."),
    ),
)  # fmt: skip
RULES = Table(
    "purchasing_rules", "Règles d'achat", "Purchasing rules", key=("rule",), group=GROUP,
    help_fr="Ce que l'attribution doit respecter. Nombre de titulaires : dans chaque lot concerné. Parts : en valeur avant remise, sur l'ensemble des lots concernés. Parts EGalim et bio : en valeur des achats alimentaires concernés, y compris hors marché commun.",
    help_en="What the award must keep. Number of winners: in each lot concerned. Shares: by value before discount, over all lots concerned together. EGalim and organic shares: by value of the food purchases concerned, those outside the common contract included.",
    columns=(
        Column("rule", Code(), "Règle", "Rule", required=True, help_fr="Code court.", help_en="Short code."),
        Column("kind", Choice(RULE_KINDS), "Nature", "Kind", required=True, help_fr="Ce qui est limité.", help_en="What is limited."),
        Column("lot", Ref(table="lots"), "Lot", "Lot", help_fr="Vide : tous les lots.", help_en="Empty: all lots."),
        Column("family", Ref(table="families"), "Famille", "Family", help_fr="Vide : toutes les familles.", help_en="Empty: all families."),
        Column("supplier", Ref(table="suppliers"), "Fournisseur", "Supplier", help_fr="Vide : chacun des fournisseurs. Une part minimale s'impose à un fournisseur nommé, sinon aux seuls titulaires.", help_en="Empty: each supplier. A smallest share binds a named supplier always, else winners only."),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", help_fr="Parts EGalim et bio : les achats de cet établissement (vide : tout le groupement).", help_en="EGalim and organic shares: the purchases of this establishment (empty: the whole group)."),
        Column("kitchen", Ref(table="kitchens"), "Cuisine", "Kitchen", help_fr="Parts EGalim et bio : les achats de cette cuisine (vide : tous ceux de l'établissement, ou du groupement).", help_en="EGalim and organic shares: the purchases of this kitchen (empty: all of the establishment, or of the group)."),
        Column("value", Decimal(0), "Valeur", "Value", required=True, help_fr="Nombre ou pourcentage.", help_en="Number or percentage."),
        Column("penalty", Decimal(0, 1000), "Prix de l'écart", "Price of the shortfall", "€/€", help_fr="Parts EGalim et bio : la règle devient un objectif, et chaque euro qui manque compte ce prix (fictif) dans le choix, chaque année. Vide : la règle s'impose.", help_en="EGalim and organic shares: the rule becomes a target, and each euro short of it weighs this (notional) price in the choice, each year. Empty: the rule binds."),
        Column("active", Flag(), "Active", "Active", default=True, help_fr="Non pour l'ignorer.", help_en="No to ignore it."),
        MARK, SOURCE,
    ),
)  # fmt: skip
LOCKS = Table(
    "purchasing_locks", "Verrous d'achat", "Purchasing locks", key=("lot", "establishment", "supplier"), group=GROUP,
    help_fr="Décisions imposées.", help_en="Decisions imposed.",
    columns=(
        Column("lot", Ref(table="lots"), "Lot", "Lot", required=True, help_fr="Le lot.", help_en="The lot."),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", help_fr="Vide : tous.", help_en="Empty: all."),
        Column("supplier", Ref(table="suppliers"), "Fournisseur", "Supplier", help_fr="Vide pour « rester hors du marché ».", help_en="Empty for “stay out”."),
        Column("action", Choice(AWARD_ACTIONS), "Décision", "Decision", required=True, help_fr="Attribuer à ce fournisseur, l'exclure, ou rester hors du marché commun.", help_en="Award to this supplier, exclude it, or stay out of the common contract."),
        MARK, SOURCE,
    ),
)  # fmt: skip
ACCEPTED = Table(
    "accepted_awards", "Achats retenus", "Accepted awards", key=("lot", "establishment", "supplier"), group=GROUP,
    help_fr="Le plan que le groupement a retenu : qui fournit chaque lot à chaque établissement. Vide tant qu'aucun plan n'est retenu. Un lot d'un établissement dont les fournisseurs ne sont plus exactement ceux-là compte pour un changement ; ce qui n'est pas écrit ici ne compte pas.",
    help_en="The plan the group has accepted: who supplies each lot to each establishment. Empty as long as no plan is accepted. A lot of an establishment whose suppliers are no longer exactly these counts as one change; what is not written here does not count.",
    columns=(
        Column("lot", Ref(table="lots"), "Lot", "Lot", required=True, help_fr="Le lot.", help_en="The lot."),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", required=True, help_fr="L'établissement servi.", help_en="The establishment served."),
        Column("supplier", Ref(table="suppliers"), "Fournisseur", "Supplier", help_fr="Vide : reste hors du marché commun.", help_en="Empty: stays out of the common contract."),
        Column("share", Decimal(1, 100), "Part du besoin", "Share of the need", "%", default=100.0, help_fr="Part retenue, en pour cent. Une autre part des mêmes fournisseurs n'est pas un changement.", help_en="Share accepted, in percent. Another share of the same suppliers is no change.", decimals=0),
    ),
)  # fmt: skip
TABLES = (FAMILIES, LOTS, EQUIVALENCES, ARTICLES, REFUSALS, SUPPLIERS, NEEDS, OFFERS, LOT_OFFERS, DISCOUNTS, PACKAGES, PACKAGE_LOTS, RULES, LOCKS, ACCEPTED)

COSTS = cost_table(GROUP, "Coûts des achats", "Purchasing costs", LINES)
AWARDS = Table(
    "purchasing_awards", "Attributions", "Awards", key=("lot", "establishment", "supplier"), group=GROUP, result=True,
    help_fr="Qui fournit chaque lot à chaque établissement, avec sa part et ses prix.", help_en="Who supplies each lot to each establishment, with share and prices.",
    columns=(
        Column("lot", Ref(table="lots"), "Lot", "Lot"),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment"),
        Column("supplier", Ref(table="suppliers"), "Fournisseur", "Supplier", help_fr="Vide : reste hors du marché commun.", help_en="Empty: stays out of the common contract."),
        Column("share", Decimal(), "Part du besoin", "Share of the need", "%", help_fr="En pour cent entiers, la même pour chaque article du lot.", help_en="In whole percent, the same for each article of the lot.", decimals=0),
        Column("gross", Decimal(), "Achats avant remise", "Purchases before discount", "€/an"),
        Column("discount", Decimal(), "Remise", "Discount", "€/an"),
        Column("simulated", Decimal(), "Dont remises de simulation", "Of which simulated", "€/an", help_fr="Remises interdites dans une attribution formelle (art. L2113-10) : au-dessus de 0, la ligne n'est qu'une simulation.", help_en="Discounts not allowed in a formal award (art. L2113-10): above 0 the row is a simulation only."),
        Column("net", Decimal(), "Achats nets", "Net purchases", "€/an"),
        Column("charges", Decimal(), "Port, centrale, gestion", "Carriage, fee, management", "€/an", help_fr="Part de la ligne dans les frais de port, de centrale et de gestion du fournisseur.", help_en="The row's part of the supplier's carriage, fee and management."),
        Column("today", Decimal(), "Aujourd'hui", "Today", "€/an", help_fr="Mêmes quantités au prix d'aujourd'hui.", help_en="The same quantities at today's price."),
        Column("joins", Date(), "Rejoint le", "Joins on", help_fr="Lendemain de la dernière fin de contrat du lot, au plus tôt le 1er janvier de la première année ; dans un plan de convergence, la date choisie.", help_en="Day after the lot's last contract end, at the earliest 1 January of the first year; in a convergence plan, the date chosen."),
        Column("first_year_saving", Decimal(), "Économie la première année", "First-year saving", "€", help_fr="Aujourd'hui moins achats nets et frais, au prorata des mois depuis l'entrée.", help_en="Today less net purchases and charges, in proportion to the months from joining on."),
    ),
)  # fmt: skip
TIERS = Table(
    "purchasing_tiers", "Remises obtenues", "Discounts obtained", key=("supplier", "scope", "lot", "package", "year"), group=GROUP, result=True,
    help_fr="Le palier atteint par fournisseur et par lot, en année pleine et chaque année du plan de convergence, sur les volumes en vigueur cette année-là.",
    help_en="The tier reached by supplier and lot, in a full year and in each year of the convergence plan, on the volumes in force in that year.",
    columns=(
        Column("supplier", Ref(table="suppliers"), "Fournisseur", "Supplier"),
        Column("scope", Choice(REACHED), "Portée", "Scope"),
        Column("lot", Ref(table="lots"), "Lot", "Lot"),
        Column("package", Ref(table="packages"), "Offre groupée", "Package", help_fr="Si la portée en est une.", help_en="Where the scope is one."),
        Column("year", Integer(), "Année", "Year", help_fr="Vide : année pleine, tous les marchés en vigueur.", help_en="Empty: a full year with all contracts in force."),
        Column("base", Decimal(), "Base atteinte", "Base reached", "€, unités ou lots", help_fr="Quantité ou chiffre d'affaires avant remise ; nombre de lots d'une offre groupée.", help_en="Quantity or turnover before discount; number of lots of a package."),
        Column("threshold", Decimal(), "Palier", "Tier from", "€, unités ou lots"),
        Column("rate", Decimal(), "Taux", "Rate", "%"),
        Column("discount", Decimal(), "Remise", "Discount", "€/an"),
        Column("simulation", Flag(), "Simulation seulement", "Simulation only", help_fr="Oui : interdite dans une attribution formelle (art. L2113-10).", help_en="Yes: not allowed in a formal award (art. L2113-10)."),
    ),
)  # fmt: skip
RESULTS = (COSTS, AWARDS, TIERS, *TIMETABLES, *REPORTS)

KPIS = (
    Kpi("annual_cost", "Coût annuel des achats", "Yearly cost of purchases", "€/an", "low"),
    Kpi("gain", "Gain d'achat (DGOS, année pleine)", "Purchasing gain (DGOS, full year)", "€/an", "high"),
    Kpi("gain_percent", "Gain d'achat", "Purchasing gain", "%", "high", 2),
    Kpi("first_year", "Effet budgétaire de la première année", "Budget effect of the first year", "€", "high"),
    Kpi("plan_budget", "Effet budgétaire du plan de convergence", "Budget effect of the convergence plan", "€", "high"),
    Kpi("simulated", "Remises de simulation (hors attribution formelle)", "Simulated discounts (no part of a formal award)", "€/an", "low"),
    Kpi("suppliers", "Fournisseurs retenus", "Suppliers used", "fournisseurs", "low"),
    Kpi("lots_pooled", "Lots mutualisés", "Lots pooled", "lots", "high"),
    Kpi("egalim_quality", "Part EGalim", "EGalim share", "%", "high", 1),
    Kpi("egalim_organic", "dont bio", "of which organic", "%", "high", 1),
    Kpi("changes", "Changements par rapport au plan retenu", "Changes from the accepted plan", "", "low"),
)
