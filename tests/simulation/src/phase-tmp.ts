import { makePlan } from "./tapes/plan.ts";
import { openServers } from "./runner/open-servers.ts";
import { warmUp } from "./runner/warm-up.ts";
import { runSeed } from "./runner/run-seed.ts";
const servers = await openServers("memory"); await warmUp(servers.make);
const from=Number(process.argv[2]), n=Number(process.argv[3]);
let c0=process.cpuUsage();
for (let s=from;s<from+n;s++){ const r=await runSeed(makePlan(s,"small"),{makeServer:servers.make}); 
 if (r.violation) console.log(s, r.violation.rule, r.violation.message.slice(0,200));
 if ((s-from)%100===99){ const c=process.cpuUsage(c0); console.log(s-from+1, ((c.user+c.system)/1e5).toFixed(1),'ms cpu/seed', Math.round(process.memoryUsage().heapUsed/1e6),'MB'); c0=process.cpuUsage(); } }
process.exit(0);
