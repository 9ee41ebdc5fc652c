/** The bench's image host, a process of its own: camera-sized JPEGs, the same bytes for `/0.jpg`, `/16.jpg` … */
import { cameraPhoto, LARGE_PHOTO } from "./camera-photo.ts";
import { servePhotos } from "./photo-server.ts";

const DISTINCT = 16;

const photos = await Promise.all(Array.from({ length: DISTINCT }, (_, no) => cameraPhoto(no, LARGE_PHOTO)));
const bytes = Math.round(photos.reduce((sum, photo) => sum + photo.length, 0) / DISTINCT);
servePhotos((no) => {
  const photo = photos[no % DISTINCT];
  return photo && [photo];
}, bytes);
