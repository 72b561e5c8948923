"""The pages that are open to everybody and say the same to each."""

from typing import Final

PUBLIC_PAGES: Final = (
    "/",
    "/connexion",
    "/mot-de-passe-oublie",
    "/mot-de-passe-oublie/envoye",
    "/activation",
    "/activites",
    "/aide",
    "/accessibilite",
    "/mentions-legales",
    "/donnees-personnelles",
    "/plan-du-site",
    "/actualites",
    "/documents",
    "/infos-pratiques",
)
