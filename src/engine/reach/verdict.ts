/** Whether one end reaches another: `partly`, where chance or the address decides. */
export type Verdict = 'yes' | 'no' | 'partly' | 'unknown';
