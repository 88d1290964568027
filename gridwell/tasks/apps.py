from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "gridwell.tasks"
    label = "tasks"
