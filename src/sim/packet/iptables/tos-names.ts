/** Names that older tools write for the type of service, all without the two lowest bits (libxt_tos). */
export const TOS_NAMES: Readonly<Record<string, { readonly value: number; readonly mask: number }>> = {
  'minimize-delay': { value: 0x10, mask: 0x3f },
  'maximize-throughput': { value: 0x08, mask: 0x3f },
  'maximize-reliability': { value: 0x04, mask: 0x3f },
  'minimize-cost': { value: 0x02, mask: 0x3f },
  'normal-service': { value: 0, mask: 0x3f },
};

/** Classes of differentiated services by name (include/uapi/linux/ip.h, dscp_helper.c of iptables). */
export function dscpOf(text: string): number | undefined {
  const name = text.toUpperCase();
  const [, kind, first = '', second = ''] = /^(CS|AF|BE|EF)(\d?)(\d?)$/.exec(name) ?? [];
  if (kind === 'BE') return 0;
  if (kind === 'EF') return 0x2e;
  if (kind === 'CS' && first !== '') return Number(first) << 3;
  if (kind === 'AF' && second !== '') return (Number(first) << 3) | (Number(second) << 1);
  return undefined;
}
