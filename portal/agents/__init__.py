"""Pages of agents, by their work."""

from portal.agents.accounts import account, forms, listing
from portal.agents.certificates import pages as certificates
from portal.agents.children import authorizations, custody, days_moves, insurance, moves
from portal.agents.circulars import pages as circulars
from portal.agents.circulars import sending as circular_sending
from portal.agents.counter import (
    accounts,
    births,
    changes,
    delegations,
    enrollments,
    entourage,
    families,
    key_search,
    kinds,
    merges,
    registrations,
    service_keys,
)
from portal.agents.counter import forms as edited_forms
from portal.agents.direction import dashboard
from portal.agents.documents import pages as documents
from portal.agents.family_accounts import pages as family_accounts
from portal.agents.file import booking, enrolling, overview, people, quotients, tabs, timeline
from portal.agents.file import resources as file_resources
from portal.agents.file_merges import duplicates, merging
from portal.agents.imports import pages as imports
from portal.agents.invitations import pages as invitations
from portal.agents.lifecycle import archives, erasures, gaps, splits
from portal.agents.members import civil_status, membership, newcomers
from portal.agents.money import invoicing, payments
from portal.agents.operations import invariants
from portal.agents.places import openings
from portal.agents.procedures import pages as procedures
from portal.agents.protection import pages as protection
from portal.agents.queue import bulk as queue_bulk
from portal.agents.queue import pages as queue
from portal.agents.requests import pages as requests
from portal.agents.requests import paper as paper_requests
from portal.agents.resources import pages as resources
from portal.agents.schools import changes as class_changes
from portal.agents.schools import pages as schools
from portal.agents.schools import schooling
from portal.agents.sectors import addresses
from portal.agents.sectors import derogations as school_derogations
from portal.agents.sectors import pages as sectors
from portal.agents.site import attendance, health
from portal.agents.trail import trail_of
from portal.frame.spaces import Space, only_agents

AGENTS = Space(
    only_agents,
    [
        page
        for area in (
            dashboard,
            queue,
            queue_bulk,
            families,
            overview,
            people,
            quotients,
            file_resources,
            resources,
            tabs,
            booking,
            enrolling,
            timeline,
            family_accounts,
            duplicates,
            merging,
            registrations,
            births,
            changes,
            civil_status,
            membership,
            newcomers,
            edited_forms,
            kinds,
            splits,
            archives,
            erasures,
            gaps,
            protection,
            authorizations,
            insurance,
            custody,
            schools,
            schooling,
            class_changes,
            accounts,
            merges,
            service_keys,
            key_search,
            invitations,
            imports,
            delegations,
            entourage,
            enrollments,
            days_moves,
            moves,
            openings,
            attendance,
            health,
            sectors,
            documents,
            requests,
            procedures,
            paper_requests,
            circulars,
            circular_sending,
            certificates,
            school_derogations,
            addresses,
            invoicing,
            payments,
            listing,
            forms,
            account,
            invariants,
        )
        for page in area.PAGES
    ],
    trail_of,
)
