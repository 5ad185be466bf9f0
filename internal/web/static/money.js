// Money as people type and read it: fen as BigInt, so that no amount is ever a fraction of a binary number.

export const fen = (text) => {
  const plain = text.replace(/[,,\s¥¥]/g, "");
  if (!/^-?\d*(\.\d{0,2})?$/.test(plain) || plain === "" || plain === "-" || plain === ".") return 0n;
  const negative = plain.startsWith("-");
  const [whole, cents = ""] = plain.replace("-", "").split(".");
  const value = BigInt(whole || "0") * 100n + BigInt((cents + "00").slice(0, 2));
  return negative ? -value : value;
};

export const yuan = (value) => {
  const sign = value < 0n ? "-" : "";
  const digits = String(value < 0n ? -value : value).padStart(3, "0");
  return sign + digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",") + "." + digits.slice(-2);
};

const digits = "零壹贰叁肆伍陆柒捌玖";

// group reads a number below 10,000.
const group = (n) => {
  let text = "";
  let zero = false;
  for (const [size, name] of [[1000, "仟"], [100, "佰"], [10, "拾"], [1, ""]]) {
    const d = Math.floor(n / size) % 10;
    if (d === 0) {
      zero = zero || text !== "";
      continue;
    }
    text += (zero ? "零" : "") + digits[d] + name;
    zero = false;
  }
  return text;
};

const whole = (n) => {
  for (const [size, name] of [[100000000n, "亿"], [10000n, "万"]]) {
    const high = n / size;
    const low = n % size;
    if (high === 0n) continue;
    if (low === 0n) return whole(high) + name;
    return whole(high) + name + (low < size / 10n ? "零" : "") + whole(low);
  }
  return group(Number(n));
};

// capital writes an amount in Chinese capitals, as money.Fen.Capital of the server does.
export const capital = (value) => {
  if (value === 0n) return "零元整";
  const n = value < 0n ? -value : value;
  const [yuans, jiao, cents] = [n / 100n, Number((n / 10n) % 10n), Number(n % 10n)];
  let text = value < 0n ? "负" : "";
  if (yuans > 0n) text += whole(yuans) + "元";
  if (jiao > 0) text += digits[jiao] + "角";
  else if (cents > 0 && yuans > 0n) text += "零";
  return text + (cents > 0 ? digits[cents] + "分" : "整");
};
