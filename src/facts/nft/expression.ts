/** What a rule looks at or compares with: a constant (numbers, names and addresses as written), or a thing that is read. */
export type NftExpression =
  | string
  | number
  | boolean
  | { readonly is: 'named'; readonly set: string }
  | { readonly is: 'set'; readonly elements: readonly NftElement[] }
  | { readonly is: 'prefix'; readonly of: string | number; readonly length: number }
  | { readonly is: 'range'; readonly from: string | number; readonly to: string | number }
  | { readonly is: 'concat'; readonly parts: readonly NftExpression[] }
  /** Bits that are named together: `syn,ack`. */
  | { readonly is: 'list'; readonly values: readonly (string | number)[] }
  | { readonly is: 'payload'; readonly protocol: string; readonly field: string }
  | { readonly is: 'raw'; readonly base: string; readonly offset: number; readonly length: number }
  /** A part of a header that need not be there; without a field it is asked whether it is. */
  | { readonly is: 'option'; readonly of: 'tcp' | 'ip' | 'exthdr' | 'sctp' | 'dccp'; readonly name: string; readonly field: string | null }
  | { readonly is: 'meta'; readonly key: string }
  | { readonly is: 'ct'; readonly key: string; readonly direction: 'original' | 'reply' | null }
  | { readonly is: 'rt'; readonly key: string }
  | { readonly is: 'socket'; readonly key: string }
  /** Flags in the order of their names. */
  | { readonly is: 'fib'; readonly flags: readonly string[]; readonly result: string }
  | { readonly is: 'numgen'; readonly mode: 'inc' | 'random'; readonly modulus: number; readonly offset: number }
  | {
      readonly is: 'hash';
      /** `null`: symhash, of the whole flow. */
      readonly of: NftExpression | null;
      readonly modulus: number;
      readonly seed: number | null;
      readonly offset: number;
    }
  | { readonly is: 'binary'; readonly op: BinaryOp; readonly left: NftExpression; readonly right: NftExpression }
  | { readonly is: 'map'; readonly key: NftExpression; readonly data: NftExpression }
  | NftVerdict
  | { readonly is: 'unknown'; readonly text: string };

export type BinaryOp = '&' | '|' | '^' | '<<' | '>>';

/** A verdict, also as the data of a verdict map. */
export type NftVerdict = {
  readonly is: 'verdict';
  readonly verdict: 'accept' | 'drop' | 'continue' | 'return' | 'jump' | 'goto' | 'queue';
  /** Of `jump` and `goto`. */
  readonly chain: string | null;
};

/** One element of a set or map; `*` is everything else. */
export type NftElement = {
  readonly key: NftExpression;
  /** `null` in a set. */
  readonly data: NftExpression | null;
  /** Its own limit, quota or connection count: then it is not sure that it matches. */
  readonly limited?: true;
  /** Seconds that it still lived when it was read (JSON tells whole ones); left out where it stays until somebody takes it out. */
  readonly expiresSeconds?: number;
};
