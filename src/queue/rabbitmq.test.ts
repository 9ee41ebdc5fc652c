import { openTestQueue } from "../testing/rabbitmq-queue.ts";
import { findService, RABBITMQ } from "../testing/test-services.ts";
import { describeQueue } from "./queue.contract.ts";

const { url, skip } = await findService(RABBITMQ);

describeQueue("the RabbitMQ queue", async (t) => openTestQueue(t, url).queue, { skip });
