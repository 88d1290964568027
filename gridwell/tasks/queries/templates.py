"""Templates of a community (任务模板)."""

from django.db.models import QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.tasks.models import TaskTemplate


def templates_of(actor: Actor, community: int) -> QuerySet[TaskTemplate]:
    """Return the templates of a community for its desk and the levels above, live ones first."""
    rows = TaskTemplate.objects.filter(community_id=community).select_related("post")
    if all(post.grids is not None for post in actor.posts_at(community)):
        return rows.none()
    return rows.order_by("-ends_at", "kind", "pk")


def access_template(actor: Actor, community: int, template: int) -> TaskTemplate:
    """Return a template the actor may see, or raise NotVisible."""
    found = templates_of(actor, community).filter(pk=template).first()
    if found is None:
        raise NotVisible
    return found
