/** What an archive may cost before it is refused. Tests hand in smaller ones. */
export type Limits = {
  readonly files: number;
  /** Bytes of one file, unpacked. */
  readonly file: number;
  /** Bytes of all files, unpacked. */
  readonly total: number;
  /** Times that the unpacked content may be larger than the packed one; asked once it is larger than `ratioFrom`. */
  readonly ratio: number;
  readonly ratioFrom: number;
};

const MIB = 1024 * 1024;

export const LIMITS: Limits = { files: 600_000, file: 256 * MIB, total: 1024 * MIB, ratio: 250, ratioFrom: 128 * MIB };
