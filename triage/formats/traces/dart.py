"""(being written)"""
def probe(text: str) -> bool: return False
def parse(text: str) -> list: return []
