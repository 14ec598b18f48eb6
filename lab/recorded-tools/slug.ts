import type { Place } from './commands.ts';

/** The file name of a recorded command; node A and its like are the place where nothing else is said. */
export function slugOf(place: Place, line: string): string {
  const words = line
    .replaceAll(/--endpoints http:\/\/([0-9.]+):(\d+) ?/g, (_, host, port) =>
      host === '192.168.56.1' && port === '2379' ? '' : `${port} `,
    )
    .replaceAll(/ETCDCTL_API=(\d) etcdctl/g, 'etcdctl-v$1');
  const slug = words
    .replaceAll(/[^A-Za-z0-9._]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 90);
  return place === 'a' || place === 'rules' ? slug : `${place}.${slug}`;
}
