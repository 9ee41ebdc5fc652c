import { loadRoom } from "../rooms.ts";

await loadRoom("http");
