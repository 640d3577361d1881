"""Casualties in many wordings: each sentence with the figures a reader takes from it."""

from __future__ import annotations

import pytest

from incidents.extraction import extract

# sentence | what befell, how many, of whom; several parted by ";". "+" is at_least, ">" more_than,
# "~" about, "<" up_to, "dozens" and "few" the vague ones. "-" is nothing.
PHRASINGS = """
At least five people, including two children, were killed in the blast. | killed 5+ total; killed 2 children
Two were killed and five injured when the van hit a landmine. | killed 2 total; injured 5 total
10 security personnel and 37 militants were killed. | killed 10 security_forces; killed 37 militants
The attackers killed five, injured 12 and fled. | killed 5 total; injured 12 total
The explosion left five dead and 12 wounded. | killed 5 total; injured 12 total
Five dead, a dozen hurt as truck rams into crowd | killed 5 total; injured 12 total
The blast claimed 14 lives. | killed 14 total
The siege claimed dozens of lives. | killed dozens total
The attack claimed the lives of four labourers and a policeman. | killed 4 civilians; killed 1 police
The death toll rose to 14. | killed 14 total
Toll rises to 14 in market bombing | killed 14 total
The death toll climbed from 12 to 14 on Sunday. | killed 14 total
The toll has risen to 31, with 50 others wounded. | killed 31 total; injured 50 total
The number of injured stands at 43. | injured 43 total
Two of the injured succumbed to their injuries. | killed 2 total
A constable succumbed to his wounds in hospital. | killed 1 police
Four soldiers embraced martyrdom. | killed 4 security_forces
Seven terrorists were sent to hell. | killed 7 militants
Security forces sent 12 terrorists to hell. | killed 12 militants
Eleven khwarij were neutralised in the operation. | killed 11 militants
Troops eliminated nine insurgents. | killed 9 militants
Two brothers were gunned down outside their shop. | killed 2 civilians
Unidentified men gunned down three policemen in the bazaar. | killed 3 police
Six people lost their lives in the firing. | killed 6 total
Ten perished when the bus caught fire after the attack. | killed 10 total
The ambush left three FC personnel martyred. | killed 3 security_forces
The attack came to an end, leaving 3 FC personnel martyred and four wounded. | killed 3 security_forces; injured 4 security_forces
The bullet-riddled bodies of five men were recovered from Mashkay. | killed 5 men
Four bullet-riddled bodies were found near the riverbed. | killed 4 total
The bodies of five soldiers were flown home. | killed 5 security_forces
The killing of eight labourers drew wide condemnation. | killed 8 civilians
The murder of two teachers shocked the town. | killed 2 civilians
Militants abducted 18 passengers from a coach. | abducted 18 civilians
Nine employees were kidnapped at gunpoint. | abducted 9 civilians
Armed men whisked away three engineers. | abducted 3 civilians
The militants took 200 people hostage. | abducted 200 total
Twelve miners were taken hostage. | abducted 12 civilians
A deputy commissioner was abducted. | abducted 1 officials
Gunmen kidnapped a judge from his car. | abducted 1 officials
All seven abducted workers were recovered safely. | freed 7 civilians
Troops rescued 104 passengers from the train. | freed 104 civilians
The kidnappers released two drivers on Tuesday. | freed 2 civilians
More than 30 inmates escaped from the prison. | freed 30> inmates
Attackers stormed the jail and freed 27 prisoners. | freed 27 inmates
Police arrested four suspects after the raid. | arrested 4 total
Five suspected militants were apprehended. | arrested 5 militants
Law enforcers rounded up two dozen protesters. | arrested 24 civilians
Three students went missing from a hostel. | missing 3 civilians
Five fishermen are still missing. | missing 5 civilians
A soldier was martyred and two others were injured. | killed 1 security_forces; injured 2 security_forces
A policeman and his wife were shot dead. | killed 1 police; killed 1 women
Soldier martyred, three terrorists killed in Kech gunfight | killed 1 security_forces; killed 3 militants
No casualties were reported. | killed 0 total
There was no loss of life in the attack. | killed 0 total
No one was injured in the explosion. | injured 0 total
Nobody was killed. | killed 0 total
No deaths or injuries were reported. | killed 0 total; injured 0 total
Twenty-one people died and thirty-three others sustained injuries. | killed 21 total; injured 33 total
No fewer than 15 militants were killed. | killed 15+ militants
As many as 70 militants were killed over two days. | killed 70 militants
Nearly 40 people were wounded. | injured 40~ total
Around 1,200 people were killed last year. | killed 1200~ total
Up to 20 people were hurt. | injured 20< total
Half a dozen rangers were wounded. | injured 6 security_forces
A couple of guards suffered bullet wounds. | injured 2 civilians
Several policemen were injured. | injured few police
Scores of people were injured. | injured 20+ total
Hundreds of militants were killed. | killed 100+ militants
Three of them died on the way to hospital. | killed 3 total
Five of the dead were policemen. | killed 5 police
Among the dead were two women and a child. | killed 2 women; killed 1 children
The dead included three soldiers. | killed 3 security_forces
The dead include a sub-inspector and two constables. | killed 1 police; killed 2 police
Eleven people, among them five men and three women, were killed. | killed 11 total; killed 5 men; killed 3 women
The strike killed nine people — five men, three women and a child — police said. | killed 9 total; killed 5 men; killed 3 women; killed 1 children
Twelve people (eight soldiers and four civilians) were killed. | killed 12 total; killed 8 security_forces; killed 4 civilians
Nineteen people, 14 of them soldiers, were killed. | killed 19 total; killed 14 security_forces
Six labourers were shot and killed by gunmen. | killed 6 civilians
A roadside bomb killed two soldiers and wounded three more. | killed 2 security_forces; injured 3 security_forces
Gunmen shot dead a polio worker and injured her guard. | killed 1 civilians; injured 1 civilians
The firing killed a woman on the spot. | killed 1 women
Suicide bomber among 16 killed in Quetta | killed 16 total; killed 1 militants
A suicide attack on a checkpoint killed seven soldiers, the army said. | killed 7 security_forces
At least three persons lost their lives while nine others sustained wounds. | killed 3+ total; injured 9 total
Four more bodies were recovered from the debris, taking the death toll to 18. | killed 4 total; killed 18 total
The deaths of 16 civilians were confirmed. | killed 16 civilians
The provincial government confirmed the deaths of nine passengers and two policemen. | killed 9 civilians; killed 2 police
The attack resulted in the death of a child and injuries to four others. | killed 1 children; injured 4 total
The incident resulted in 15 deaths and 24 injuries. | killed 15 total; injured 24 total
31 civilian deaths were recorded. | killed 31 civilians
Twelve fatalities and 30 injuries were reported. | killed 12 total; injured 30 total
An exchange of fire ensued in which four terrorists were killed. | killed 4 militants
In the exchange of fire, one soldier embraced shahadat. | killed 1 security_forces
Three FC soldiers were martyred while repulsing the attack, and five terrorists killed in retaliation. | killed 3 security_forces; killed 5 militants
Two policemen, who were on polio duty, were killed. | killed 2 police
Nine people travelling from Quetta to Lahore were pulled off a bus and killed. | killed 9 total
Unknown persons hurled a grenade at a shop, injuring three passers-by. | injured 3 civilians
A hand grenade exploded, wounding a dozen people. | injured 12 total
Two Levies officials were injured when a bomb went off. | injured 2 security_forces
Gunmen opened fire on a vehicle, killing the driver and two guards. | killed 1 civilians; killed 2 civilians
Five terrorists were killed and their hideout was destroyed. | killed 5 militants
In separate raids the forces killed 18 militants and apprehended five others. | killed 18 militants; arrested 5 militants
Insurgents set free eight Levies personnel after disarming them. | freed 8 security_forces
The officer, his driver and a guard were killed. | killed 1 security_forces; killed 1 civilians; killed 1 civilians
The BLA claimed to have killed 84 soldiers. | killed 84 security_forces
The group claimed killing 40 personnel and taking 18 hostage. | killed 40 security_forces; abducted 18 security_forces
Two coal miners died and another was wounded in a gun attack. | killed 2 civilians; injured 1 civilians
Fourteen security men laid down their lives. | killed 14 security_forces
Eight militants blew themselves up. | -
Three rebels were killed; two soldiers wounded; a civilian hurt. | killed 3 militants; injured 2 security_forces; injured 1 civilians
The casualties include 14 dead and 35 wounded. | killed 14 total; injured 35 total
Officials put the number of dead at 38. | killed 38 total
The total number of militants killed reached 133. | killed 133 militants
Police recovered the body of a labourer who was kidnapped last week. | killed 1 civilians
An official said 12 people were confirmed dead. | killed 12 total
Seven people are feared dead. | killed 7 total ?
Thirteen passengers were pronounced dead on arrival. | killed 13 civilians
The bomber killed himself and four policemen. | killed 4 police
Of the 26 dead, 14 were soldiers. | killed 26 total; killed 14 security_forces
Of those killed, five were children. | killed 5 children
As a result, two personnel were martyred and one injured. | killed 2 security_forces; injured 1 security_forces
One person was killed and one more was injured. | killed 1 total; injured 1 total
Twin blasts kill 12, injure 40 in Pishin | killed 12 total; injured 40 total
Gunmen kill seven barbers in Gwadar | killed 7 civilians
7 killed in Gwadar | killed 7 total
Eight die in Khuzdar bus blast | killed 8 total
Three cops martyred in Quetta blast | killed 3 police
Bomb kills tribal elder, two guards in Khuzdar | killed 1 civilians; killed 2 civilians
Security forces kill 23 terrorists in Balochistan: ISPR | killed 23 militants
ISPR says 23 terrorists killed, 18 soldiers martyred in Balochistan | killed 23 militants; killed 18 security_forces
Policeman gunned down in Mastung | killed 1 police
Man, son shot dead in Kalat | killed 1 men; killed 1 civilians
Pakistan: 14 killed after rally bombing | killed 14 total
Over 60 dead in Balochistan attacks | killed 60> total
Two women among five killed in firing | killed 2 women; killed 5 total
Three Frontier Corps soldiers and a Levies man lost their lives in the line of duty. | killed 3 security_forces; killed 1 security_forces
A total of 44 people have been killed since Monday. | killed 44 total
The attack, which killed 14 people, was the third this month. | killed 14 total
Officials said that 12 of the militants were killed. | killed 12 militants
The military said its troops had killed all four attackers. | killed 4 militants
All four assailants were shot dead by the police. | killed 4 militants
The army chief said 11 soldiers had been martyred. | killed 11 security_forces
Fighting left 15 insurgents and four soldiers dead. | killed 15 militants; killed 4 security_forces
A landmine blast injured three shepherds, one of them critically. | injured 3 civilians; injured 1 civilians
The bodies of three people, who were shot dead, were found in Turbat. | killed 3 total
Bodies of two abducted labourers found in Awaran | killed 2 civilians
Two bodies, bearing bullet wounds, were recovered from Zhob. | killed 2 total
Gunmen intercepted a bus and killed seven passengers after checking their identity cards. | killed 7 civilians
Seven passengers were offloaded and shot dead. | killed 7 civilians
At least one person was killed and six, including a woman, were injured. | killed 1+ total; injured 6 total; injured 1 women
The explosion killed one and injured seven others. | killed 1 total; injured 7 total
Police said two men on a motorcycle shot and wounded a trader. | injured 1 civilians
A policeman was martyred and his colleague injured in firing. | killed 1 police; injured 1 police
Four members of a family were killed in the shelling. | killed 4 civilians
Another soldier succumbed to injuries at CMH, bringing the number of martyrs to five. | killed 1 security_forces; killed 5 security_forces
Twelve people were martyred and 40 injured in the suicide attack. | killed 12 total; injured 40 total
A suicide bomber killed 15 people and wounded 38 outside a stadium in Quetta. | killed 15 total; injured 38 total
Five Chinese nationals and their Pakistani driver were killed. | killed 5 civilians; killed 1 civilians
Six terrorists were killed while two were arrested in injured condition. | killed 6 militants; arrested 2 militants
One terrorist was captured alive. | arrested 1 militants
The CTD killed five members of a banned outfit in Mastung. | killed 5 militants
Forces gun down eight terrorists in Panjgur | killed 8 militants
Eight terrorists gunned down in Panjgur: CTD | killed 8 militants
Two FC personnel martyred, seven injured in Kohlu IED blast | killed 2 security_forces; injured 7 security_forces
FC man martyred in Turbat grenade attack | killed 1 security_forces
Labourer shot dead in Panjgur | killed 1 civilians
Two labourers from Sindh killed in Kech | killed 2 civilians
Nine Punjab-bound passengers killed in Zhob | killed 9 civilians
Blast near rally leaves 14 dead, 35 injured | killed 14 total; injured 35 total
Death toll from bombing climbs to 26 as one more victim dies | killed 26 total; killed 1 total
Over two dozen people were kidnapped. | abducted 24> total
Among those killed were a DSP and his gunman. | killed 1 police; killed 1 police
The wounded include four children. | injured 4 children
Six of the injured are in critical condition. | injured 6 total
Three of the abducted men were later released. | freed 3 men
Eight abductees returned home. | freed 8 civilians
The commander was killed along with two of his associates. | killed 1 militants; killed 2 militants
Security forces foiled the attack and killed 10 terrorists, including four suicide bombers. | killed 10 militants; killed 4 militants
Thirty-one terrorists have been killed so far in the operation. | killed 31 militants
Militants executed 21 hostages and killed four soldiers. | killed 21 civilians; killed 4 security_forces
More than 190 passengers were rescued from the hijacked train. | freed 190> civilians
The militants released women and children but held 182 people hostage. | abducted 182 total
BLA fighters captured six soldiers. | abducted 6 security_forces
Two police constables were held hostage for hours. | abducted 2 police
Armed men abducted a tribal elder and his two sons. | abducted 1 civilians; abducted 2 civilians
Unidentified assailants kidnapped Assistant Commissioner Tump Hanif Noorzai. | abducted 1 officials
The minor girl was among the four victims. | -
Several people were reported dead and dozens injured. | killed few total; injured dozens total
Two security personnel also sustained minor injuries. | injured 2 security_forces
The shootout caused the deaths of two bystanders. | killed 2 civilians
Four people got injured when a cracker exploded. | injured 4 total
Dozens of people, mostly labourers, were killed. | killed dozens total
The clashes claimed at least six lives on both sides. | killed 6+ total
Eighteen lives were lost in the carnage. | killed 18 total
The firing resulted in the killing of a passer-by. | killed 1 civilians
The group took the lives of two soldiers. | killed 2 security_forces
He said five of his men had been killed. | killed 5 men
Ten militants were killed and as many injured. | killed 10 militants; injured 10 militants
An FC soldier and three children were among those wounded. | injured 1 security_forces; injured 3 children
Two people – a shopkeeper and a student – were killed. | killed 2 total; killed 1 civilians; killed 1 civilians
The dead were identified as two brothers and a cousin. | killed 2 civilians; killed 1 civilians
Rescue workers shifted 12 bodies and 30 injured to the hospital. | killed 12 total; injured 30 total
The hospital received 13 bodies and 24 wounded people. | killed 13 total; injured 24 total
At the hospital, doctors said they had received four dead and 22 injured. | killed 4 total; injured 22 total
Five security forces personnel were martyred. | killed 5 security_forces
Frontier Corps (FC) soldiers killed three attackers. | killed 3 militants
In Kalat, 18 security personnel were martyred and 23 militants killed. | killed 18 security_forces; killed 23 militants
The attackers killed 39 people, including 14 security men, and wounded 30. | killed 39 total; killed 14 security_forces; injured 30 total
A woman suicide bomber targeted a convoy, martyring one soldier and injuring two. | killed 1 security_forces; injured 2 security_forces
Three-year-old girl among two killed in Khuzdar | killed 1 children; killed 2 total
A 12-year-old boy was killed and his two sisters were injured. | killed 1 children; injured 2 women
Four levies personnel were taken hostage and their weapons snatched. | abducted 4 security_forces
Insurgents killed at least 22 people after forcing them off vehicles. | killed 22+ total
Some 20 militants and 10 troops died in the clashes. | killed 20~ militants; killed 10 security_forces
Casualties: 5 killed, 12 injured. | killed 5 total; injured 12 total
Killed: 2 FC soldiers, 1 civilian. Injured: 6. | killed 2 security_forces; killed 1 civilians; injured 6 total
2 x FC personnel martyred, 4 x injured in IED attack. | killed 2 security_forces; injured 4 security_forces
SF casualties: 3 KIA, 5 WIA. | killed 3 total; injured 5 total
The incident caused no injuries or damage. | injured 0 total
No loss of life was reported, but two vehicles were damaged. | killed 0 total
The train derailed but no passenger was hurt. | injured 0 civilians
All passengers remained safe. | -
"""

HARD_NEGATIVES = """
Four police officials told AFP that the attack was over and no arrests were made.
Dozens of insurgents attacked a prison.
About 40 gunmen stormed the camp, and the injured were taken to hospital.
The train was carrying 450 people when it was attacked.
The injured 38-year-old man walked 12 kilometres along the N-25.
The blast took place at 8:30 pm on January 31, 2026, and the wounded were moved 30 km away.
The dead were taken in 14 vehicles to four hospitals.
Militants attacked 12 locations and blew up 3 bridges; the killed were buried.
The militants threatened to kill 10 hostages every hour.
The device could have been deadly: it could kill 50 people.
He vowed to eliminate 500 terrorists.
The government announced Rs2 million for the heirs of the dead and Rs500,000 for the injured.
Under Section 302, a case of murder was registered at the police station.
Some 5,000 people attended the funeral of the martyred soldier's father.
About 200 personnel took part in the search for the abducted.
More than 3,000 people protested against the killings.
Two vehicles and seven motorcycles were destroyed in the attack.
Security forces recovered three rifles and 500 rounds from the dead.
26 percent more attacks were recorded, injured officials said.
Residents said they heard five explosions.
The 25-bed hospital treated the injured.
Police registered 17 cases over the killing.
The 302nd brigade lost its dead in 1971.
Contact 081-9202334 for news of the injured.
A fourth generation of the dead man's family lives here.
The wounded waited three hours for help.
Pakistan has lost $150 billion in the war, officials said of the dead.
One of the deadliest attacks in decades killed civilians.
The attackers did not kill any of the 20 labourers.
Two operations were conducted against killers.
An award of Rs10 million was fixed on the head of the slain commander.
At least 15 rockets were fired at the camp, and the injured were airlifted.
The convoy of 30 vehicles carrying the dead left on Friday.
More than 500 policemen were deployed after the killings.
The 17-member family of the slain soldier lives in Loralai.
The bomb, weighing 8 kg, was meant to kill.
Two more witnesses were heard in the murder case.
He was arrested for the third time in 2019.
Three suicide vests were recovered from the slain terrorists.
Three policemen witnessed the killing.
An alert warned that militants may abduct two officials.
Four ambulances rushed the dead and injured to hospital.
The victims' families were given Rs1.5m each; 12 others will be paid later.
Seven suspects in the killing remain at large.
"""


def _expected(column: str) -> list[tuple[str, int | None, str, str]]:
    claims = []
    for part in column.split(";"):
        if part.strip() == "-":
            continue
        kind, number, group = part.split()[:3]
        claims.append((kind, *_count(number), group))
    return sorted(claims, key=repr)


def _count(number: str) -> tuple[int | None, str]:
    signs = {"+": "at_least", ">": "more_than", "~": "about", "<": "up_to"}
    if number == "dozens":
        return 12, "dozens"
    if number == "few":
        return None, "few"
    if number[-1] in signs:
        return int(number[:-1]), signs[number[-1]]
    return int(number), "exact"


_CASES = [line.split(" | ") for line in PHRASINGS.strip().splitlines()]


@pytest.mark.parametrize(("sentence", "claims"), _CASES, ids=[c[0][:60] for c in _CASES])
def test_a_sentence_gives_the_figures_a_reader_takes_from_it(sentence: str, claims: str) -> None:
    doubtful = claims.endswith("?")
    tier = "unclassified" if doubtful else "linked"
    found = [
        (d.casualty_type, d.count_low, d.qualifier, d.victim_group)
        for d in extract(sentence)
        if d.tier == tier and d.casualty_type
    ]
    assert sorted(found, key=repr) == _expected(claims.removesuffix("?"))


@pytest.mark.parametrize("sentence", HARD_NEGATIVES.strip().splitlines())
def test_what_counts_no_casualty_gives_no_figure(sentence: str) -> None:
    assert [d.quote for d in extract(sentence) if d.casualty_type] == []
