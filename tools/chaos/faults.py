"""Every fault by its name."""

from typing import Final

from . import breakdowns, instants, messages, outside
from .scene import Fault

FAULTS: Final = {
    fault.name: fault
    for fault in (
        Fault("kill-service", breakdowns.kill_service),
        Fault("kill-all-replicas", breakdowns.kill_all_replicas),
        Fault("kill-one-of-each", breakdowns.kill_one_of_each),
        Fault("kill-billing", breakdowns.kill_billing),
        Fault("kill-workers", breakdowns.kill_workers),
        Fault("start-without-broker", breakdowns.start_without_broker),
        Fault("kill-edge", breakdowns.kill_edge),
        Fault("kill-relay-before-publish", instants.kill_relay_before_publish),
        Fault("kill-relay-before-removal", instants.kill_relay_before_removal),
        Fault("kill-consumer-before-commit", instants.kill_consumer_before_commit),
        Fault("kill-job-holder", instants.kill_job_holder),
        Fault("kill-broker", breakdowns.kill_broker),
        Fault("kill-postgres", breakdowns.kill_postgres),
        Fault("freeze-service", breakdowns.freeze_service),
        Fault("freeze-broker", breakdowns.freeze_broker),
        Fault("cut-database", breakdowns.cut_database),
        Fault("cut-connections", breakdowns.cut_connections),
        Fault("deliver-twice", messages.deliver_twice),
        Fault("replay-topic", messages.replay_topic),
        Fault("rebuild-replica", messages.rebuild_replica),
        Fault("rebuild-by-command", messages.rebuild_by_command),
        Fault("commit-late", messages.commit_late),
        Fault("poison", messages.poison_topics),
        Fault("trouble-mail", outside.trouble_mail),
        Fault("trouble-payments", outside.trouble_payments),
    )
}
