/* A QR code, made on the page: a text -> which of its modules are dark (ISO/IEC 18004).
 *
 * Bytes at error correction M, versions 1 to 10: up to 213 of them, enough for an address.
 */
"use strict";

const RackQr = (() => {
  /* By version: codewords for errors in a block, and the data codewords of each block. */
  const BLOCKS = [
    [10, [16]], [16, [28]], [26, [44]], [18, [32, 32]], [24, [43, 43]], [16, [27, 27, 27, 27]],
    [18, [31, 31, 31, 31]], [22, [38, 38, 39, 39]], [22, [36, 36, 36, 37, 37]], [26, [43, 43, 43, 43, 44]],
  ];
  const ALIGNED = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];
  const MASKS = [
    (x, y) => (x + y) % 2, (x, y) => y % 2, (x) => x % 3, (x, y) => (x + y) % 3,
    (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2, (x, y) => ((x * y) % 2) + ((x * y) % 3),
    (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
  ];

  /* Powers and logarithms in the field of 256 elements. */
  const [power, log] = [[], []];
  for (let at = 0, value = 1; at < 255; at++) {
    [power[at], log[value]] = [value, at];
    value = value < 128 ? value << 1 : (value << 1) ^ 0x11d;
  }
  const times = (a, b) => (a && b ? power[(log[a] + log[b]) % 255] : 0);

  /** Give the codewords that let errors in a block be mended: a remainder of polynomials. */
  function mending(block, count) {
    let divisor = [1];
    for (let at = 0; at < count; at++) {
      divisor = [...divisor, 0].map((value, n) => value ^ (n ? times(divisor[n - 1], power[at]) : 0));
    }
    const rest = [...block, ...Array(count).fill(0)];
    for (let at = 0; at < block.length; at++) {
      const lead = rest[at];
      divisor.forEach((value, n) => { rest[at + n] ^= times(value, lead); });
    }
    return rest.slice(block.length);
  }

  /** Append to a number what proves it: a remainder of polynomials over two elements. */
  function proven(value, divisor, bits) {
    let rest = value << bits;
    while (rest >> bits) rest ^= divisor << (Math.floor(Math.log2(rest)) - bits);
    return (value << bits) | rest;
  }

  /** Give all codewords of a text, as they are laid. */
  function codewords(bytes, version) {
    const [count, sizes] = BLOCKS[version - 1];
    const room = sizes.reduce((sum, size) => sum + size);
    const long = version > 9 ? 16 : 8;
    let bits = "0100" + bytes.length.toString(2).padStart(long, "0") + bytes.map((one) => one.toString(2).padStart(8, "0")).join("");
    bits += "0".repeat(Math.min(4, room * 8 - bits.length));
    bits += "0".repeat(-bits.length & 7);
    const data = bits.match(/.{8}/g).map((one) => parseInt(one, 2));
    for (let pad = 0xec; data.length < room; pad ^= 0xec ^ 0x11) data.push(pad);
    let at = 0;
    const blocks = sizes.map((size) => data.slice(at, (at += size)));
    const rows = [blocks, blocks.map((block) => mending(block, count))];
    return rows.flatMap((row) => Array.from({ length: Math.max(...row.map((one) => one.length)) }, (_, n) => row.map((one) => one[n])))
      .flat().filter((one) => one !== undefined);
  }

  /** Count what makes a code hard to read. */
  function penalty(dark, size) {
    let sum = 0;
    const lines = [(a, b) => dark[b][a], (a, b) => dark[a][b]];
    for (const at of lines) {
      for (let line = 0; line < size; line++) {
        const text = Array.from({ length: size }, (_, n) => (at(n, line) ? "1" : "0")).join("");
        for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2;
        for (let n = 0; n < size; n++) if (/^(?:00001011101|10111010000)/.test(text.slice(n, n + 11))) sum += 40;
      }
    }
    let full = 0;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        full += dark[y][x];
        if (x && y && new Set([dark[y][x], dark[y - 1][x], dark[y][x - 1], dark[y - 1][x - 1]]).size === 1) sum += 3;
      }
    }
    return sum + 10 * Math.floor(Math.abs((full * 20) / (size * size) - 10));
  }

  /** Make the code of a text: rows of 0 and 1, its version and its mask. */
  function make(text) {
    const bytes = [...new TextEncoder().encode(text)];
    const version = BLOCKS.findIndex(([, sizes], at) => sizes.reduce((sum, one) => sum + one) >= bytes.length + (at > 8 ? 3 : 2)) + 1;
    if (!version) throw new Error("too long for a code");
    const size = version * 4 + 17;
    const dark = Array.from({ length: size }, () => Array(size).fill(undefined));
    const set = (x, y, value) => { if (x >= 0 && y >= 0 && x < size && y < size) dark[y][x] = value ? 1 : 0; };
    for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
      for (let y = -4; y <= 4; y++) for (let x = -4; x <= 4; x++) set(cx + x, cy + y, ![2, 4].includes(Math.max(Math.abs(x), Math.abs(y))));
    }
    const places = ALIGNED[version - 1];
    const last = places.at(-1);
    for (const cy of places) {
      for (const cx of places) {
        if ((cx === 6 && (cy === 6 || cy === last)) || (cy === 6 && cx === last)) continue;
        for (let y = -2; y <= 2; y++) for (let x = -2; x <= 2; x++) set(cx + x, cy + y, Math.max(Math.abs(x), Math.abs(y)) !== 1);
      }
    }
    for (let at = 8; at < size - 8; at++) [[at, 6], [6, at]].forEach(([x, y]) => set(x, y, at % 2 === 0));
    const formatted = (mask) => {
      const bits = proven(mask, 0x537, 10) ^ 0x5412; // Level M is 00.
      for (let at = 0; at < 15; at++) {
        const bit = (bits >> at) & 1;
        set(8, at < 6 ? at : at < 8 ? at + 1 : size - 15 + at, bit);
        set(at < 8 ? size - 1 - at : at < 9 ? 7 : 14 - at, 8, bit);
      }
      set(8, size - 8, 1);
    };
    formatted(0);
    if (version > 6) {
      const bits = proven(version, 0x1f25, 12);
      for (let at = 0; at < 18; at++) {
        const [a, b] = [Math.floor(at / 3), size - 11 + (at % 3)];
        set(a, b, (bits >> at) & 1);
        set(b, a, (bits >> at) & 1);
      }
    }
    const free = dark.map((row) => row.map((one) => one === undefined));
    const bits = codewords(bytes, version).flatMap((one) => [...one.toString(2).padStart(8, "0")].map(Number));
    let at = 0;
    for (let right = size - 1; right > 0; right -= 2) {
      if (right === 6) right = 5;
      for (let step = 0; step < size; step++) {
        const y = (right + 1) & 2 ? step : size - 1 - step;
        for (const x of [right, right - 1]) if (free[y][x]) dark[y][x] = bits[at++] ?? 0;
      }
    }
    const plain = dark.map((row) => [...row]);
    const masked = (mask) => {
      plain.forEach((row, y) => row.forEach((one, x) => { if (free[y][x]) dark[y][x] = one ^ (MASKS[mask](x, y) ? 0 : 1); }));
      formatted(mask);
      return penalty(dark, size);
    };
    const costs = MASKS.map((_, mask) => masked(mask));
    const mask = costs.indexOf(Math.min(...costs));
    masked(mask);
    return { rows: dark, version, mask };
  }

  return { make };
})();
