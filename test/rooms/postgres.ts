import { loadRoom } from "../rooms.ts";

await loadRoom("postgres");
