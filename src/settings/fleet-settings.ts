/** Many processes that work as one: the engines they share, and what each of them does. */
import { HOUR_MS, setting } from "./setting.ts";
import { address, integer, oneOf, queueName } from "./setting-rules.ts";

export const FLEET_SETTINGS = {
  role: setting(
    "STOREWALK_ROLE",
    "all",
    "What this process does: answer the API, run chunks, or both; api and worker need DATABASE_URL",
    oneOf(["all", "api", "worker"]),
  ),
  databaseUrl: setting(
    "DATABASE_URL",
    "",
    "PostgreSQL ledger for many processes, such as postgres://user:password@host/database; empty for the embedded one",
    address("postgres:", "postgresql:"),
  ),
  databaseConnections: setting(
    "STOREWALK_DATABASE_CONNECTIONS",
    "12",
    "Connections of this process to PostgreSQL for its ledger at a time, a third of them for reads; its queue adds one or two",
    integer(2, 1_000),
  ),
  amqpUrl: setting(
    "AMQP_URL",
    "",
    "RabbitMQ queue of a fleet, such as amqp://user:password@host; empty for dispatch by PostgreSQL alone",
    address("amqp:", "amqps:"),
  ),
  queueName: setting(
    "STOREWALK_QUEUE_NAME",
    "storewalk.chunks",
    "Queue at the RabbitMQ broker; each ledger needs one of its own",
    queueName,
  ),
  leaseMs: setting(
    "STOREWALK_LEASE_MS",
    "24000",
    "Time after which a silent worker's chunk, or one whose message was lost, goes to another",
    integer(1_000, HOUR_MS),
  ),
  fleetConnectionsPerHost: setting(
    "STOREWALK_FLEET_CONNECTIONS_PER_HOST",
    "512",
    "Images fetched at a time from one host by all processes together, divided among their threads",
    integer(1, 1_000_000),
  ),
} as const;
