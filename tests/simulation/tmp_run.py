import sys, time
sys.path[:0]=["/root/wt/sim/tests","/root/wt/sim/tests/support"]
from simulation.world import world_of
from simulation.history import play
a,n=int(sys.argv[1]),int(sys.argv[2])
t=time.perf_counter()
for s in range(a,a+n):
    w=world_of(s)
    if w.migration: continue
    h=play(w, verbose=n==1)
    if n==1:
        print(w); print("\n".join(h.trace.lines()))
    if h.endless or h.left_over: print(s, h.endless[:300], h.left_over[:3])
print(time.perf_counter()-t)
