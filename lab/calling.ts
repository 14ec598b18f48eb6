import type { LabPod, Line } from './cluster.ts';

/**
 * An attempt lasts three seconds and is known to be in vain for half of them: when its SYN was sent again, and is away for a while.
 * Four programs that start so far from each other are never all in the other half.
 */
const STARTS = ['0', '0.8', '1.6', '2.4'];
const PIDS = '/run/calling.pids';

/** Programs in a pod that try to connect, again and again. */
export const calling = (pod: LabPod, to: string, port: number): readonly Line[] =>
  STARTS.map((later) => ({
    at: { pod: pod.name },
    run: `bash -c 'sleep ${later}; while :; do timeout 3 bash -c "exec 3<>/dev/tcp/${to}/${port}"; sleep 0.2; done' >/dev/null 2>&1 & echo $! >>${PIDS}`,
  }));

/** Ends what `calling` started in a pod. */
export const calledOff = (pod: LabPod): Line => ({
  at: { pod: pod.name },
  run: `for pid in $(cat ${PIDS}); do kill $(ps -o pid= --ppid $pid) $pid; done; rm ${PIDS}`,
});
