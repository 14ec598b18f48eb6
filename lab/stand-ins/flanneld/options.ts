/** What flanneld was told on its command line. */
export type Options = {
  readonly endpoint: string;
  readonly prefix: string;
  readonly iface: string;
  readonly publicIp: string;
  readonly subnetFile: string;
  readonly ipMasq: boolean;
  readonly forwardRules: boolean;
};

/** Reads Go's flag syntax: `-name=value`, `-name value`, one dash or two. */
export function readOptions(args: readonly string[]): Options {
  const values = new Map<string, string>();
  const left = [...args];
  while (left.length > 0) {
    const [, name, , value] = /^--?([a-z-]+)(=(.*))?$/.exec(left.shift() ?? '') ?? [];
    if (name === undefined) continue;
    const next = left[0];
    if (value !== undefined) values.set(name, value);
    else if (next !== undefined && !next.startsWith('-')) values.set(name, left.shift() ?? '');
    else values.set(name, 'true');
  }
  const text = (name: string, otherwise: string): string => values.get(name) ?? otherwise;
  return {
    endpoint: text('etcd-endpoints', 'http://127.0.0.1:4001').split(',')[0] ?? '',
    prefix: text('etcd-prefix', '/coreos.com/network'),
    iface: text('iface', ''),
    publicIp: text('public-ip', ''),
    subnetFile: text('subnet-file', '/run/flannel/subnet.env'),
    ipMasq: text('ip-masq', 'false') === 'true',
    forwardRules: text('iptables-forward-rules', 'true') === 'true',
  };
}
