from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gridwell.accounts"
    label = "accounts"
