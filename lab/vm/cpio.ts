/** A file, folder or link of an initial RAM file system. */
export type Member = {
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer;
};

const FOLDER = 0o040755;
const PROGRAM = 0o100755;
const LINK = 0o120777;

export const folder = (path: string): Member => ({ path, mode: FOLDER, content: Buffer.alloc(0) });
export const file = (path: string, content: Buffer): Member => ({ path, mode: PROGRAM, content });
export const link = (path: string, target: string): Member => ({ path, mode: LINK, content: Buffer.from(target) });

/** The archive that the kernel unpacks at its start (`newc`: Documentation/driver-api/early-userspace/buffer-format.rst). */
export function cpio(members: readonly Member[]): Buffer {
  const end: Member = { path: 'TRAILER!!!', mode: 0, content: Buffer.alloc(0) };
  return Buffer.concat([...members, end].flatMap(record));
}

function record({ path, mode, content }: Member, number: number): readonly Buffer[] {
  const name = Buffer.from(`${path}\0`);
  const fields = [number + 1, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return [padded(Buffer.concat([header, name])), padded(content)];
}

const padded = (part: Buffer): Buffer => Buffer.concat([part, Buffer.alloc((4 - (part.length % 4)) % 4)]);
