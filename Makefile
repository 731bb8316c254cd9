# One target for each thing a person does here; `make` alone lists them.

MVN       ?= mvn
# The level shows warnings, which the compiler turns into errors, and hides the rest.
QUIET     := -B -Dorg.slf4j.simpleLogger.defaultLogLevel=warn
JAVA      := $(if $(JAVA_HOME),$(JAVA_HOME)/bin/java,java)
JAR       := lignum-server/target/lignum.jar
CONFIG    ?= config.yml
ARGS      ?=
CAMPAIGN  ?= 50
SEEDS     ?= 100
SEED      ?=
MINUTES   ?= 5
EACH      ?= 60
HEAP      ?= 256m
FILES     ?=
CHAOS     ?= chaos-results.txt
SOAK      ?= soak-results.txt
TIMES     ?= 20
RESULTS   ?= sim-results.tsv
LOG       ?=

# All that the jar is made of.
SOURCES   := pom.xml $(wildcard lignum-*/pom.xml) \
             $(shell find proto lignum-*/src/main -type f 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help build archive run cluster test test-root sim crash stress chaos greedy soak fuzz install bench failover format docs campaign consul consul-if-none clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: $(JAR) ## build the jar that runs a node, without running the tests

$(JAR): $(SOURCES)
	@echo "building $(JAR) ..."
	@$(MVN) $(QUIET) -pl lignum-server -am -DskipTests -Dspotless.check.skip package
	@touch $(JAR)
	@$(MAKE) --no-print-directory archive

# Starts take half the processor time with it. It names the jar as it is given here, so that is the whole path:
# a relative one would be looked for in the directory that a command is started from.
archive:
	@$(JAVA) -XX:ArchiveClassesAtExit=$(abspath $(JAR:.jar=.jsa)) -Xlog:disable \
	    -cp $(abspath $(JAR)) io.lignum.server.ClassArchive >/dev/null 2>&1 || rm -f $(JAR:.jar=.jsa)

run: $(JAR) ## run a standalone node with ./config.yml (CONFIG=FILE for another, ARGS=... for flags)
	@JAVA="$(JAVA)" exec bin/lignum serve --config $(CONFIG) $(ARGS)

cluster: $(JAR) ## run a Consul and three nodes on this machine (NODES=5, DIR=... for another place)
	@JAVA="$(JAVA)" exec bin/lignum-cluster

test: consul-if-none ## run every test, integration tests too; ends with how many passed, failed, were skipped
	@find . -path '*/target/*-reports' -type d -prune -exec rm -rf {} +
	@.ci/run-tests $(MVN) -B --fail-at-end verify

test-root: consul-if-none ## run only the tests that need root, which `make test` leaves out for others
	@find . -path '*/target/*-reports' -type d -prune -exec rm -rf {} +
	@LIGNUM_ROOT_TESTS=demand .ci/run-tests $(MVN) -B -pl lignum-server -am verify -Dgroups=root \
	    -Dsurefire.failIfNoSpecifiedTests=false

sim: ## run simulated cluster histories (SEEDS=100 SEED=1, LOG=debug to see one; without SEED behind the last of RESULTS)
	@find lignum-cluster/target/surefire-reports -name '*ClusterCampaign*' -delete 2>/dev/null || true
	@$(MVN) $(QUIET) -pl lignum-cluster -am -Dspotless.check.skip -DskipITs package \
	    -Dtest=ClusterCampaign -Dsurefire.failIfNoSpecifiedTests=false \
	    -Dlignum.test.timeout.mode=disabled -Dlignum.sim.seeds=$(SEEDS) \
	    $(if $(SEED),-Dlignum.sim.seed=$(SEED)) -Dlignum.sim.results=$(abspath $(RESULTS)) \
	    $(if $(LOG),-Dlignum.sim.log=$(LOG)) -Dlignum.sim.commit=$$(git rev-parse --short HEAD 2>/dev/null || echo none)

stress: ## real threads in every way at once on a real disk: wrong reads, lost records, stuck threads (MINUTES=5 SEED=7)
	@find lignum-storage/target/surefire-reports -name '*EngineStress*' -delete 2>/dev/null || true
	@$(MVN) $(QUIET) -pl lignum-storage -am -Dspotless.check.skip -DskipITs package \
	    -Dtest=EngineStressTest -Dsurefire.failIfNoSpecifiedTests=false \
	    -Dlignum.test.timeout.mode=disabled -Dlignum.stress.seconds=$$(($(MINUTES) * 60)) \
	    $(if $(SEED),-Dlignum.seed=$(SEED))

crash: ## crash the engine at every I/O of a workload (TIMES=20 each, SEED=1), and let it live random lives
	@find lignum-storage/target/surefire-reports -name '*.xml' -delete 2>/dev/null || true
	@$(MVN) $(QUIET) -pl lignum-storage -am -Dspotless.check.skip -DskipITs package \
	    -Dtest=CrashAtEveryIoTest,RandomModelTest -Dsurefire.failIfNoSpecifiedTests=false \
	    -Dlignum.test.timeout.mode=disabled -Dlignum.campaign=$(TIMES) $(if $(SEED),-Dlignum.seed=$(SEED))

chaos: consul-if-none ## real nodes, real Consul, real faults, and a checker (MINUTES=5 SEED=7 HEAP=64m FILES=200; as root it can do more)
	@find lignum-server/target/failsafe-reports -name '*ChaosCampaign*' -delete 2>/dev/null || true
	@$(MVN) $(QUIET) -pl lignum-server -am -Dspotless.check.skip verify -Dtest=NoUnitTest -Dit.test=ChaosCampaign \
	    -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false \
	    -Dlignum.test.timeout.mode=disabled -Dlignum.chaos.minutes=$(MINUTES) \
	    -Dlignum.node.heap=$(HEAP) $(if $(FILES),-Dlignum.node.files=$(FILES)) \
	    $(if $(SEED),-Dlignum.seed=$(SEED)) -Dlignum.chaos.results=$(abspath $(CHAOS))

greedy: ## clients that ask for all they may, against nodes with little memory (MINUTES=5)
	@$(MVN) $(QUIET) -pl lignum-server -am -Dspotless.check.skip verify -Dtest=NoUnitTest -Dit.test=GreedyClientIT \
	    -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false \
	    -Dlignum.test.timeout.mode=disabled -Dlignum.greedy.seconds=$$(( $(MINUTES) * 60 ))

soak: consul-if-none ## load, retention and faults for long: memory, files, threads and disk must stay flat (MINUTES=30 SEED=7)
	@find lignum-server/target/failsafe-reports -name '*SoakCampaign*' -delete 2>/dev/null || true
	@$(MVN) $(QUIET) -pl lignum-server -am -Dspotless.check.skip verify -Dtest=NoUnitTest -Dit.test=SoakCampaign \
	    -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false \
	    -Dlignum.test.timeout.mode=disabled -Dlignum.soak.minutes=$(MINUTES) \
	    -Dlignum.node.heap=$(HEAP) $(if $(FILES),-Dlignum.node.files=$(FILES)) \
	    $(if $(SEED),-Dlignum.seed=$(SEED)) -Dlignum.soak.results=$(abspath $(SOAK))

fuzz: ## hostile bytes for every parser (EACH=60 seconds for each, SEED=1)
	@find . -path '*/target/surefire-reports/*Hostile*' -delete 2>/dev/null || true
	@$(MVN) $(QUIET) -pl lignum-server -am -Dspotless.check.skip -DskipITs package \
	    -Dtest='Hostile*' -Dsurefire.failIfNoSpecifiedTests=false \
	    -Dlignum.test.timeout.mode=disabled -Dlignum.fuzz.seconds=$(EACH) $(if $(SEED),-Dlignum.seed=$(SEED))

install: ## put all modules, with sources and javadoc, into the local Maven repository
	$(MVN) $(QUIET) -Ppublish -DskipTests -DskipITs install

bench: ## run the benchmarks beside others in the same run and write a table (ARGS=... to choose)
	@$(MVN) $(QUIET) -pl lignum-bench -am -DskipTests -Dspotless.check.skip package
	@$(JAVA) @lignum-bench/jvm.options \
	    -cp "lignum-bench/target/classes:$$(cat lignum-bench/target/classpath)" \
	    io.lignum.bench.Bench $(ARGS)

failover: consul-if-none ## how long writes wait when the leader of three real nodes goes (ARGS="--rounds 20 --only kill")
	@$(MVN) $(QUIET) -pl lignum-bench -am -DskipTests -Dspotless.check.skip package
	@$(JAVA) -Xmx256m -Dlogback.configurationFile=io/lignum/bench/logback.xml \
	    -cp "lignum-bench/target/classes:$$(cat lignum-bench/target/classpath)" \
	    io.lignum.bench.failover.Failover $(ARGS)

format: ## format the sources as the build demands
	@$(MVN) $(QUIET) spotless:apply

docs: ## build the javadoc of every module, failing on what is wrong in it
	@$(MVN) $(QUIET) -Ppublish -DskipTests package

campaign: consul-if-none ## run crash and simulation tests for much longer (CAMPAIGN=50 rounds)
	@find . -path '*/target/*-reports' -type d -prune -exec rm -rf {} +
	@.ci/run-tests $(MVN) -B --fail-at-end verify -Dlignum.campaign=$(CAMPAIGN) \
	    -Dlignum.test.timeout.mode=disabled

# Quietly, for the targets that need one.
consul-if-none:
	@[ -n "$$CONSUL_BIN" ] || command -v consul >/dev/null || .ci/install-consul >/dev/null

consul: ## fetch a real Consul into .ci/tools, as the cluster's tests need one
	@.ci/install-consul

clean: ## remove all that was built
	@$(MVN) $(QUIET) -Ppublish clean
