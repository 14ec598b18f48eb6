/** The dotted name of a setting from any of its spellings: `net/ipv4/conf/eth0.5/mtu`, /proc/sys/…, `net.ipv4.conf.eth0/5.mtu`. */
export function sysctlName(text: string): string {
  const path = text.startsWith('/proc/sys/') ? text.slice('/proc/sys/'.length) : text;
  const separator = /[./]/.exec(path)?.[0];
  if (separator !== '/') return path;
  return path
    .split('/')
    .map((part) => part.replaceAll('.', '/'))
    .join('.');
}
