/** Tells an image from others of its name. Pure. @param {{ folder: string, name: string }} image */
export function imagePath({ folder, name }) {
  return folder ? `${folder}/${name}` : name;
}
