"""Which account a post file belongs to: by its `account:`, or by the folder it lies in."""

from collections.abc import Sequence

from publisher.settings import AccountSettings


def account_of(path: str, named: str | None, accounts: Sequence[AccountSettings]) -> AccountSettings | tuple[str, str]:
    """The account, or code and message of why there is none."""
    if named is None and len(accounts) == 1:
        return accounts[0]
    owners = _owners(path, accounts)
    if named is None:
        if len(owners) == 1:
            return owners[0]
        names = ", ".join(account.name for account in owners or accounts)
        return "E249", f"several accounts could post this: {names}"
    account = next((account for account in accounts if account.name == named), None)
    if account is None:
        names = ", ".join(account.name for account in accounts)
        return "E250", f'there is no account "{named}" in publisher.yaml; there is {names}'
    if owners and account not in owners:
        return "E250", f"this folder belongs to the account {owners[0].name}, not to {named}"
    return account


def _owners(path: str, accounts: Sequence[AccountSettings]) -> list[AccountSettings]:
    """The accounts of the innermost folder that holds the file."""
    holding = [(folder, account) for account in accounts if _holds(folder := _folder(account), path)]
    deepest = max((len(folder) for folder, _ in holding), default=0)
    return [account for folder, account in holding if len(folder) == deepest]


def _holds(folder: str, path: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def _folder(account: AccountSettings) -> str:
    return account.posts.removeprefix("./").strip("/").removeprefix(".")
