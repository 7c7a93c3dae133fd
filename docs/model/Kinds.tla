------------------------------- MODULE Kinds --------------------------------
(* Shared and exclusive locks, several under one stamp, among a few peers with *)
(* the lease off. Each action is one rule of docs/protocol/kinds.md and begins *)
(* with the rule's number; README.md says what is left out.                    *)
(*                                                                             *)
(* A message is what its sender remembers of it: it may arrive at any later    *)
(* time, often or never; a deferred request is one that arrives again.         *)
EXTENDS Naturals, FiniteSets

CONSTANTS
    Peers,   \* their ids, numbers from 1
    Locks,   \* their names
    Dropped  \* the rule that this run leaves out, "none" for the protocol

VARIABLES
    state,    \* "IDLE", "WANTED" or "HELD", of all locks of the request
    want,     \* the mode in which each lock is wanted or held; "" = not at all
    clock,    \* Lamport time
    stamp,    \* time of the own request, 0 = none; the id breaks ties
    sent,     \* sent[p]: PERMISSIONs for p's present request, as <<sender, lock>>
    granted   \* granted[p]: those that p has counted

vars == <<state, want, clock, stamp, sent, granted>>

Others(p) == Peers \ {p}
Each(value) == [p \in Peers |-> value]
Nothing == [l \in Locks |-> ""]
Wants == [Locks -> {"", "shared", "exclusive"}] \ {Nothing}
Max(a, b) == IF a < b THEN b ELSE a

Named(p) == {l \in Locks : want[p][l] # ""}

Init ==
    /\ state = Each("IDLE") /\ want = Each(Nothing)
    /\ clock = Each(0) /\ stamp = Each(0)
    /\ sent = Each({}) /\ granted = Each({})

-----------------------------------------------------------------------------
Excludes(one, other) == one # "" /\ other # "" /\ (one = "exclusive" \/ other = "exclusive")

Older(p, q) == stamp[p] < stamp[q] \/ (stamp[p] = stamp[q] /\ p < q)

\* As in AfterYou.tla: Lamport times are numbered anew, in the same order and with gaps, at each request.
Times == {clock[p] : p \in Peers} \union ({stamp[p] : p \in Peers} \ {0})
Rank(time) == 2 * Cardinality({earlier \in Times : earlier < time}) + 1
RankOrNone(time) == IF time = 0 THEN 0 ELSE Rank(time)

C1Ask(p, wanted) ==
    /\ state[p] = "IDLE"
    /\ state' = [state EXCEPT ![p] = "WANTED"]
    /\ want' = [want EXCEPT ![p] = wanted]
    /\ \E time \in Rank(clock[p]) + 1 .. 2 * Cardinality(Times) :
        /\ stamp' = [q \in Peers |-> IF q = p THEN time ELSE RankOrNone(stamp[q])]
        /\ clock' = [q \in Peers |-> IF q = p THEN time ELSE Rank(clock[q])]
    /\ UNCHANGED <<sent, granted>>

\* K1: what q has of the lock is in the way of p's request.
InTheWay(q, p, l) ==
    /\ Excludes(want[q][l], want[p][l])
    /\ \/ state[q] = "HELD"
       \/ state[q] = "WANTED" /\ Older(q, p) /\ (Dropped = "K1older" => want[p][l] = "exclusive")

K1OnRequest(q, p, l) ==
    /\ state[p] = "WANTED" /\ l \in Named(p) /\ ~InTheWay(q, p, l)
    /\ sent' = [sent EXCEPT ![p] = @ \union {<<q, l>>}]
    /\ clock' = [clock EXCEPT ![q] = Max(@, stamp[p])]
    /\ UNCHANGED <<state, want, stamp, granted>>

\* K2: an answer is for the lock that it names.
K3OnPermission(p, q, l) ==
    /\ state[p] = "WANTED" /\ <<q, l>> \in sent[p]
    /\ granted' = [granted EXCEPT ![p] = @ \union (IF Dropped = "K2lock" THEN {q} \X Named(p) ELSE {<<q, l>>})]
    /\ UNCHANGED <<state, want, clock, stamp, sent>>

K4Enter(p) ==
    /\ state[p] = "WANTED"
    /\ \E some \in Named(p) : Others(p) \X (IF Dropped = "K4all" THEN {some} ELSE Named(p)) \subseteq granted[p]
    /\ state' = [state EXCEPT ![p] = "HELD"]
    /\ UNCHANGED <<want, clock, stamp, sent, granted>>

\* Exit or cancel, of all its locks.
C5Exit(p) ==
    /\ state[p] # "IDLE"
    /\ state' = [state EXCEPT ![p] = "IDLE"]
    /\ want' = [want EXCEPT ![p] = Nothing]
    /\ stamp' = [stamp EXCEPT ![p] = 0]
    /\ sent' = [sent EXCEPT ![p] = {}]
    /\ granted' = [granted EXCEPT ![p] = {}]
    /\ UNCHANGED clock

Next ==
    \/ \E p \in Peers : (\E wanted \in Wants : C1Ask(p, wanted)) \/ K4Enter(p) \/ C5Exit(p)
    \/ \E p \in Peers : \E q \in Others(p) : \E l \in Locks : K1OnRequest(q, p, l) \/ K3OnPermission(p, q, l)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* What has to hold *)

NoConflict == \A p, q \in Peers : p # q /\ state[p] = "HELD" /\ state[q] = "HELD" =>
    \A l \in Locks : ~Excludes(want[p][l], want[q][l])

\* Whoever permitted me is not before me.
PermissionsAreJustified == \A p \in Peers : state[p] = "WANTED" =>
    \A <<q, l>> \in granted[p] : ~InTheWay(q, p, l)

\* The oldest of those that wait is held up by holders only: so there is no deadlock, and nobody waits for ever.
OnlyHoldersHoldUpTheOldest == \A p, q \in Peers : \A l \in Locks :
    /\ state[p] = "WANTED" /\ InTheWay(q, p, l)
    /\ \A r \in Others(p) : state[r] = "WANTED" => Older(p, r)
    => state[q] = "HELD"

(* What must be able to happen, or the model shows nothing: TLC has to refute it *)

ReadersAreNeverInsideTogether == \A p, q \in Peers : p # q => ~(state[p] = "HELD" /\ state[q] = "HELD"
    /\ \E l \in Locks : want[p][l] = "shared" /\ want[q][l] = "shared")

\* What was sent and is counted does not count twice; times only by their order.
View == [p \in Peers |-> << state[p], want[p], Rank(clock[p]), RankOrNone(stamp[p]),
    IF state[p] = "WANTED" THEN <<granted[p], sent[p] \ granted[p]>> ELSE 0 >>]
=============================================================================
