import { lookUpFlanneld } from '../real/build-flanneld.ts';
import { findTool } from './tools.ts';

/** Which programs play etcd and flanneld. */
export type Components = 'stand-in' | 'real';

/** How a process of the lab is told which it should be. */
export const COMPONENTS_VARIABLE = 'LEADLINE_LAB_COMPONENTS';

/** What was asked for with --real. */
export const askedComponents = (): Components => (process.env[COMPONENTS_VARIABLE] === 'real' ? 'real' : 'stand-in');

/** The real programs by the names that units start them under, or why one of them is missing. */
export function realPrograms(): { readonly programs: Readonly<Record<string, string>> } | { readonly missing: string } {
  const [etcd, etcdctl, flanneld] = [findTool('etcd'), findTool('etcdctl'), lookUpFlanneld()];
  if (etcd === undefined || etcdctl === undefined) return { missing: 'etcd-server and etcd-client are not installed: npm run lab:install' };
  return flanneld.is === 'missing' ? { missing: flanneld.reason } : { programs: { etcd, etcdctl, flanneld: flanneld.path } };
}

/** What is put before all stand-ins on every machine's PATH. */
export function programsOf(components: Components): Readonly<Record<string, string>> {
  if (components === 'stand-in') return {};
  const real = realPrograms();
  if ('missing' in real) throw new Error(real.missing);
  return real.programs;
}
