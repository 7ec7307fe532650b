// Time as this process spent it: a busy machine makes nothing slow.

/** Milliseconds of processor time since the process began. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
