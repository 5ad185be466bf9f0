// Makes photos of a telephone small enough for a weak line, in the browser, and tells what cannot be kept before it is
// sent: the server looks at the content again.

const side = 1600; // pixels of the longer side
const room = 400 * 1024; // bytes

const heic = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif"];
const most = 20 * 1024 * 1024; // as the server's

// refusal gives the sentence for a file that the server would not take, or nothing.
export const refusal = async (file) => {
  const head = new Uint8Array(await file.slice(0, 12).arrayBuffer());
  const text = String.fromCharCode(...head);
  if (file.size === 0) return "文件是空的。请核对后重新选择文件。";
  if ((text.slice(4, 8) === "ftyp" && heic.includes(text.slice(8, 12))) || /\.hei[cf]$/i.test(file.name)) {
    return "不能保存 HEIC 图片,多数电脑打不开它。请在手机相机设置中改为「兼容性最佳」(JPEG)重拍,或先转成 JPEG。";
  }
  const known = ["%PDF-", "\xff\xd8\xff", "\x89PNG", "PK\x03\x04"].some((mark) => text.startsWith(mark));
  if (!known) return "只能保存 PDF、JPEG、PNG、OFD 和 XLSX 文件。请转成其中一种再上传。";
  const picture = text.startsWith("\xff\xd8\xff") || text.startsWith("\x89PNG");
  if (!picture && file.size > most) return "文件超过 20 MB 的上限。请分成几个文件再上传。";
  return "";
};

const read = (blob) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.onerror = () => failed(reader.error);
  reader.readAsDataURL(blob);
});

const encode = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));

// shrunk gives a photo as JPEG of at most about 1600 pixels and 400 KB; a smaller one, and what is no picture, as it is.
export const shrunk = async (file) => {
  if (!/^image\/(jpeg|png)$/.test(file.type) || file.size <= room) return file;
  const image = new Image();
  try {
    image.src = await read(file); // the policy of the page allows data, no blobs
    await image.decode();
  } catch (broken) {
    return file; // the server will say what is wrong with it
  }
  const scale = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.naturalWidth * scale);
  canvas.height = Math.round(image.naturalHeight * scale);
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height); // turned as the camera was held
  let small = null;
  for (const quality of [0.85, 0.75, 0.65, 0.55, 0.45]) {
    small = await encode(canvas, quality);
    if (!small || small.size <= room) break;
  }
  if (!small || small.size >= file.size) return file;
  return new File([small], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified });
};
