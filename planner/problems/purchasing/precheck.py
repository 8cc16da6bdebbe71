def precheck(scenario):
    return []
