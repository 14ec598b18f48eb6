declare const brand: unique symbol;

/** A link-layer address in lower-case colon form. */
export type Mac = string & { readonly [brand]: 'Mac' };

/** The MAC address that the text names (colons, dashes, one-digit octets as BSD tools print); nothing otherwise. */
export function parseMac(text: string): Mac | undefined {
  const octets = text.split(/[:-]/);
  if (octets.length !== 6 || !octets.every((octet) => /^[0-9a-f]{1,2}$/i.test(octet))) return undefined;
  return octets.map((octet) => octet.toLowerCase().padStart(2, '0')).join(':') as Mac;
}

/** A MAC address written in the code. Throws on anything else, which is a bug. */
export function mac(strings: TemplateStringsArray, ...values: readonly (string | number)[]): Mac {
  const text = String.raw({ raw: strings }, ...values);
  const address = parseMac(text);
  if (address === undefined) throw new Error(`not a MAC address: ${text}`);
  return address;
}

export const BROADCAST_MAC = 'ff:ff:ff:ff:ff:ff' as Mac;
export const ZERO_MAC = '00:00:00:00:00:00' as Mac;

/** Group bit set: broadcast and multicast frames, which every station takes. */
export const isGroupMac = (address: Mac): boolean => (Number.parseInt(address.slice(0, 2), 16) & 1) === 1;
