"""Addresses of tasks. A person's own work and each task stand without a scope: duties have no desk."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from gridwell.tasks.views import file, lists, make, mine, patrols

urlpatterns: list[URLPattern | URLResolver] = [
    path("work/mine/", mine.my_tasks, name="my_tasks"),
    path("work/mine/return/", mine.my_return, name="my_return"),
    path("work/tasks/<int:task>/", file.task_page, name="task_file"),
    path("work/tasks/<int:task>/finding/", patrols.finding_new, name="finding_new"),
    path("work/tasks/<int:task>/remind/", make.task_remind, name="task_remind"),
    path("work/tasks/<int:task>/step/<slug:act>/", file.task_act, name="task_act"),
    path("work/photos/<int:proof>/", file.task_photo, name="task_photo"),
    path("<area:area>/work/", lists.task_list, name="task_list"),
    path("<area:area>/work/print/", lists.task_print, name="task_print"),
    path("<area:area>/work/new/", make.task_new, name="task_new"),
    path("<area:area>/work/assign/", make.task_assign, name="task_assign"),
    path("<area:area>/work/templates/", make.template_list, name="template_list"),
    path("<area:area>/work/templates/<int:template>/end/", make.template_end, name="template_end"),
    path("<area:area>/work/findings/", patrols.finding_list, name="finding_list"),
    path(
        "<area:area>/work/by-building/<int:building>/",
        lists.tasks_by_building,
        name="tasks_by_building",
    ),
]
