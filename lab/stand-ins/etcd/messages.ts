/** A JSON object as the gateway receives it; nothing in it is trusted. */
export type Message = Readonly<Record<string, unknown>>;

/** The message, or an empty one when it is none. */
export const messageIn = (value: unknown): Message =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};

export const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** A field under its protobuf name or the name that JSON gives it: `range_end`, `rangeEnd`. */
export const field = (message: Message, name: string): unknown => message[name] ?? message[camel(name)];

/** Bytes travel as base64. */
export function bytesIn(message: Message, name: string): string | undefined {
  const value = field(message, name);
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : undefined;
}

export const toBytes = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** 64-bit numbers travel as strings, and are taken as numbers too. */
export function longIn(message: Message, name: string): bigint {
  const value = field(message, name);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt.asIntN(64, BigInt(value)) : 0n;
}

export const flagIn = (message: Message, name: string): boolean => field(message, name) === true;
