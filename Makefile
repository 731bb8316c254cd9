# `make` alone lists the targets.

MVN       ?= mvn
# The level shows warnings, which the compiler turns into errors, and hides the rest.
QUIET     := -B -Dorg.slf4j.simpleLogger.defaultLogLevel=warn
JAVA      := $(if $(JAVA_HOME),$(JAVA_HOME)/bin/java,java)
JAR       := lignum-server/target/lignum.jar
JSA        = $(JAR:.jar=.jsa)
AOT        = $(JAR:.jar=.aot)
TRAINING   = -Xlog:disable -cp $(abspath $(JAR)) io.lignum.server.ClassArchive
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

# Everything that the jar is built from.
SOURCES   := pom.xml $(wildcard lignum-*/pom.xml) \
             $(shell find proto lignum-*/src/main -type f 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help build archive run cluster test test-root sim crash stress chaos greedy soak migration tls-scan browser fuzz install bench failover counts format docs campaign consul consul-if-none clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: $(JAR) ## build the jar, without tests

$(JAR): $(SOURCES)
	@echo "building $(JAR) ..."
	@$(MVN) $(QUIET) -pl lignum-server -am -DskipTests -Dspotless.check.skip package
	@touch $(JAR)
	@$(MAKE) --no-print-directory archive

# The class archive halves the processor time of a start. It contains the path of the jar, which
# must be absolute: a relative path would be resolved in the working directory of a command.
# Java 25 and later write an AOT cache instead, which also has profiles of the methods that ran.
archive:
	@rm -f $(JSA) $(AOT)
	@$(JAVA) -XX:AOTCacheOutput=$(abspath $(AOT)) $(TRAINING) 2000 >/dev/null 2>&1 || \
	    { rm -f $(AOT)*; $(JAVA) -XX:ArchiveClassesAtExit=$(abspath $(JSA)) $(TRAINING) >/dev/null 2>&1; } || \
	    rm -f $(JSA)

run: $(JAR) ## run a standalone node with ./config.yml (CONFIG=FILE, ARGS=... for flags)
	@JAVA="$(JAVA)" exec bin/lignum serve --config $(CONFIG) $(ARGS)

cluster: $(JAR) ## run Consul and three nodes on this machine (NODES=5, DIR=... for the data)
	@JAVA="$(JAVA)" exec bin/lignum-cluster

test: consul-if-none ## run all tests; prints the number of passed, failed and skipped tests
	@find . -path '*/target/*-reports' -type d -prune -exec rm -rf {} +
	@.ci/run-tests $(MVN) -B --fail-at-end verify

test-root: consul-if-none ## run only the tests that need root; `make test` skips them for other users
	@find . -path '*/target/*-reports' -type d -prune -exec rm -rf {} +
	@LIGNUM_ROOT_TESTS=demand .ci/run-tests $(MVN) -B -pl lignum-server -am verify -Dgroups=root \
	    -Dsurefire.failIfNoSpecifiedTests=false

sim: ## simulate seeded cluster histories (SEEDS=100 SEED=1 LOG=debug; default: after the last seed in RESULTS)
	@find lignum-cluster/target/surefire-reports -name '*ClusterCampaign*' -delete 2>/dev/null || true
	@$(MVN) $(QUIET) -pl lignum-cluster -am -Dspotless.check.skip -DskipITs package \
	    -Dtest=ClusterCampaign -Dsurefire.failIfNoSpecifiedTests=false \
	    -Dlignum.test.timeout.mode=disabled -Dlignum.sim.seeds=$(SEEDS) \
	    $(if $(SEED),-Dlignum.sim.seed=$(SEED)) -Dlignum.sim.results=$(abspath $(RESULTS)) \
	    $(if $(LOG),-Dlignum.sim.log=$(LOG)) -Dlignum.sim.commit=$$(git rev-parse --short HEAD 2>/dev/null || echo none)

stress: ## use the engine with many threads on a real disk and check reads (MINUTES=5 SEED=7)
	@find lignum-storage/target/surefire-reports -name '*EngineStress*' -delete 2>/dev/null || true
	@$(MVN) $(QUIET) -pl lignum-storage -am -Dspotless.check.skip -DskipITs package \
	    -Dtest=EngineStressTest -Dsurefire.failIfNoSpecifiedTests=false \
	    -Dlignum.test.timeout.mode=disabled -Dlignum.stress.seconds=$$(($(MINUTES) * 60)) \
	    $(if $(SEED),-Dlignum.seed=$(SEED))

crash: ## crash the engine at every I/O of a workload, and run random workloads (TIMES=20 SEED=1)
	@find lignum-storage/target/surefire-reports -name '*.xml' -delete 2>/dev/null || true
	@$(MVN) $(QUIET) -pl lignum-storage -am -Dspotless.check.skip -DskipITs package \
	    -Dtest=CrashAtEveryIoTest,RandomModelTest -Dsurefire.failIfNoSpecifiedTests=false \
	    -Dlignum.test.timeout.mode=disabled -Dlignum.campaign=$(TIMES) $(if $(SEED),-Dlignum.seed=$(SEED))

chaos: consul-if-none ## inject faults into real nodes and check histories (MINUTES=5 SEED=7 HEAP=64m FILES=200; more faults as root)
	@find lignum-server/target/failsafe-reports -name '*ChaosCampaign*' -delete 2>/dev/null || true
	@$(MVN) $(QUIET) -pl lignum-server -am -Dspotless.check.skip verify -Dtest=NoUnitTest -Dit.test=ChaosCampaign \
	    -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false \
	    -Dlignum.test.timeout.mode=disabled -Dlignum.chaos.minutes=$(MINUTES) \
	    -Dlignum.node.heap=$(HEAP) $(if $(FILES),-Dlignum.node.files=$(FILES)) \
	    $(if $(SEED),-Dlignum.seed=$(SEED)) -Dlignum.chaos.results=$(abspath $(CHAOS))

greedy: ## use every limit at once on nodes with little memory (MINUTES=5)
	@$(MVN) $(QUIET) -pl lignum-server -am -Dspotless.check.skip verify -Dtest=NoUnitTest -Dit.test=GreedyClientIT \
	    -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false \
	    -Dlignum.test.timeout.mode=disabled -Dlignum.greedy.seconds=$$(( $(MINUTES) * 60 ))

soak: MINUTES = 30
soak: consul-if-none ## run load, retention and faults; memory, files, threads and disk must not grow (MINUTES=30 SEED=7)
	@find lignum-server/target/failsafe-reports -name '*SoakCampaign*' -delete 2>/dev/null || true
	@$(MVN) $(QUIET) -pl lignum-server -am -Dspotless.check.skip verify -Dtest=NoUnitTest -Dit.test=SoakCampaign \
	    -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false \
	    -Dlignum.test.timeout.mode=disabled -Dlignum.soak.minutes=$(MINUTES) \
	    -Dlignum.node.heap=$(HEAP) $(if $(FILES),-Dlignum.node.files=$(FILES)) \
	    $(if $(SEED),-Dlignum.seed=$(SEED)) -Dlignum.soak.results=$(abspath $(SOAK))

migration: consul-if-none ## a cluster under load gets TLS and users, and its secrets are replaced
	@find lignum-server/target/failsafe-reports -name '*MigrationCampaign*' -delete 2>/dev/null || true
	@$(MVN) $(QUIET) -pl lignum-server -am -Dspotless.check.skip verify -Dtest=NoUnitTest \
	    -Dit.test=MigrationCampaign,RotationCampaign \
	    -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false

tls-scan: $(JAR) consul-if-none ## scan a node's three ports with testssl.sh and sslscan; fails on anything unexpected
	@JAVA="$(JAVA)" exec .ci/tls-scan lignum-server/target/tls-scan

browser: ## attack a node from web pages in a real Chromium (needs chromium and chromedriver)
	@for each in chromium chromedriver; do command -v $$each >/dev/null || \
	    { echo "$$each is missing; on Debian: apt-get install chromium chromium-driver" >&2; exit 1; }; done
	@find lignum-server/target/surefire-reports -name '*BrowserCampaign*' -delete 2>/dev/null || true
	@$(MVN) $(QUIET) -pl lignum-server -am -Dspotless.check.skip -DskipITs package \
	    -Dtest=BrowserCampaign -Dsurefire.failIfNoSpecifiedTests=false

fuzz: ## feed malformed bytes to every parser (EACH=60 seconds per test, SEED=1)
	@find . -path '*/target/surefire-reports/*Hostile*' -delete 2>/dev/null || true
	@$(MVN) $(QUIET) -pl lignum-server -am -Dspotless.check.skip -DskipITs package \
	    -Dtest='Hostile*' -Dsurefire.failIfNoSpecifiedTests=false \
	    -Dlignum.test.timeout.mode=disabled -Dlignum.fuzz.seconds=$(EACH) $(if $(SEED),-Dlignum.seed=$(SEED))

install: ## install all modules, with sources and Javadoc, into the local Maven repository
	$(MVN) $(QUIET) -Ppublish -DskipTests -DskipITs install

bench: ## compare with other stores in the same run and write a table (ARGS=... to choose)
	@$(MVN) $(QUIET) -pl lignum-bench -am -DskipTests -Dspotless.check.skip package
	@[ $(JSA) -nt $(JAR) ] || [ $(AOT) -nt $(JAR) ] || $(MAKE) --no-print-directory archive
	@$(JAVA) @lignum-bench/jvm.options \
	    -cp "lignum-bench/target/classes:$$(cat lignum-bench/target/classpath)" \
	    io.lignum.bench.Bench $(ARGS)

failover: consul-if-none ## measure how long writes wait when the leader fails (ARGS="--rounds 20 --only kill")
	@$(MVN) $(QUIET) -pl lignum-bench -am -DskipTests -Dspotless.check.skip package
	@$(JAVA) -Xmx256m -Dlogback.configurationFile=io/lignum/bench/logback.xml \
	    -cp "lignum-bench/target/classes:$$(cat lignum-bench/target/classpath)" \
	    io.lignum.bench.failover.Failover $(ARGS)

counts: consul-if-none ## count system calls, context switches and CPU time per append (ARGS="--only live-1")
	@$(MVN) $(QUIET) -pl lignum-bench -am -DskipTests -Dspotless.check.skip package
	@$(JAVA) -Xmx256m -Dlogback.configurationFile=io/lignum/bench/logback.xml \
	    -cp "lignum-bench/target/classes:$$(cat lignum-bench/target/classpath)" \
	    io.lignum.bench.counts.Counts $(ARGS)

format: ## format the sources; the build fails on unformatted ones
	@$(MVN) $(QUIET) spotless:apply

docs: ## build the Javadoc of every module; fails on errors in it
	@$(MVN) $(QUIET) -Ppublish -DskipTests package

campaign: consul-if-none ## run all tests, with more rounds of crash and simulation tests (CAMPAIGN=50)
	@find . -path '*/target/*-reports' -type d -prune -exec rm -rf {} +
	@.ci/run-tests $(MVN) -B --fail-at-end verify -Dlignum.campaign=$(CAMPAIGN) \
	    -Dlignum.test.timeout.mode=disabled

# Fetches Consul without output, for the targets that need it.
consul-if-none:
	@[ -n "$$CONSUL_BIN" ] || command -v consul >/dev/null || .ci/install-consul >/dev/null

consul: ## download Consul into .ci/tools for the cluster's tests
	@.ci/install-consul

clean: ## delete build output
	@$(MVN) $(QUIET) -Ppublish clean
