/** When a connection is forgotten, in milliseconds after the reading: then, or at a time that is not known. */
export type Expiry = number | UntoldExpiry;

/** It is there until `sure` whatever was not read, until `from` where nobody has set that to less than a kernel's own, and gone at `until`. */
export type UntoldExpiry = { readonly sure: number; readonly from: number; readonly until: number; readonly why: UntoldLife };

/** The setting that was not read, or what a captured connection does not tell. */
export type UntoldLife = { readonly unread: string } | { readonly untold: string };
