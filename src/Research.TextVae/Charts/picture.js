// Turns the address of a picture into a PNG in base64. The browser's own encoder writes 32 bits per pixel; figures have few colours, so
// the 256 commonest and the nearest of them for the others make a file of a quarter of the size in which nobody sees a difference.
async address => {
  const image = await createImageBitmap(await (await fetch(await address)).blob());
  const { width, height } = image;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const pixels = new Uint32Array(canvas.getImageData(0, 0, width, height).data.buffer);

  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const channels = color => [color & 255, color >> 8 & 255, color >> 16 & 255];
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([color]) => channels(color));
  const nearest = color => {
    const [r, g, b] = channels(color);
    const distances = palette.map(([x, y, z]) => (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2);
    return distances.indexOf(Math.min(...distances));
  };
  const places = new Map([...counts.keys()].map(color => [color, nearest(color)]));
  const rows = new Uint8Array(height * (width + 1)); // each row after a byte that names its filter: none
  pixels.forEach((pixel, i) => rows[i + Math.floor(i / width) + 1] = places.get(pixel));

  const deflated = new Response(new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate")));
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint16(8, 8 << 8 | 3); // 8 bits per pixel, of a palette
  const checks = Uint32Array.from({ length: 256 }, (_, n) => Array(8).fill().reduce(c => c & 1 ? c >>> 1 ^ 0xEDB88320 : c >>> 1, n));
  const chunk = (type, data) => {
    const bytes = new Uint8Array(12 + data.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, data.length);
    bytes.set(new TextEncoder().encode(type), 4);
    bytes.set(data, 8);
    const check = bytes.subarray(4, 8 + data.length).reduce((c, byte) => checks[(c ^ byte) & 255] ^ c >>> 8, -1);
    view.setUint32(8 + data.length, ~check);
    return bytes;
  };
  const file = await new Blob([
    Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10), chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("PLTE", Uint8Array.from(palette.flat())),
    chunk("IDAT", new Uint8Array(await deflated.arrayBuffer())), chunk("IEND", new Uint8Array()),
  ]).arrayBuffer();
  return btoa(Array.from(new Uint8Array(file), byte => String.fromCharCode(byte)).join(""));
}
