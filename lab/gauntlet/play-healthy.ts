import { judgeHealthy } from '../story/verdict.ts';
import { matrixProbes } from '../story/matrix.ts';
import type { Probe } from '../vocabulary.ts';
import type { World } from '../world/world.ts';
import { observe, benchFor } from './bench.ts';
import type { Case, Job } from './job.ts';

type HealthyJob = Extract<Job, { kind: 'healthy' }>;

/** Every service from one pod, by the protocol that it speaks. */
const serviceProbes = ({ cluster }: World): readonly Probe[] =>
  cluster.services
    .filter(({ protocol }) => protocol === 'tcp')
    .map(({ clusterIp, port, protocol }) => ({ from: { pod: cluster.peer.pods[0].name }, to: clusterIp, protocol, port }));

/** A cluster in which nothing is wrong. */
export async function playHealthy(job: HealthyJob): Promise<readonly Case[]> {
  const world = await benchFor(job, []);
  try {
    const probes = [...matrixProbes(world.cluster), ...serviceProbes(world)].map((one) => ({ ...one, broken: 'fails' as const }));
    const { diagnosis, wrong } = await observe(world, probes, 'healthy', 'healthy');
    return [{ name: 'a healthy cluster is silent', wrong: [...wrong, ...judgeHealthy(diagnosis)] }];
  } finally {
    await world.close();
  }
}
