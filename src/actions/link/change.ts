/** One property of a device and its new value. */
export type LinkChange =
  | { readonly set: 'up'; readonly value: boolean }
  | { readonly set: 'mtu'; readonly value: number }
  | { readonly set: 'master'; readonly value: string | null }
  | { readonly set: 'hairpin'; readonly value: boolean };

export type LinkParams = LinkChange & { readonly device: string };
